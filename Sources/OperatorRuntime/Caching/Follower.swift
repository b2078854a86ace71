import HashTreeCollections
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging

/// The shell of a ``ReflectorMachine``: asks the server, and keeps an informer's store as the machine says.
struct Follower<Object: KubernetesObject> {
    private typealias Entry = StoreSnapshot<Object>.Entry

    /// What the machine wants next.
    private enum Next {
        case list(ReflectorList)
        case watch(version: String?, streaming: Bool)
        case wait(Duration)
    }

    /// What just came.
    private enum Payload {
        case nothing
        case objects([DynamicObject])
        case changed(DynamicObject)
        case deleted(DynamicObject)
    }

    private let informer: Informer<Object>
    private var machine: ReflectorMachine
    private var builder = SnapshotBuilder<Object>()
    private var strings = StringPool()

    init(informer: Informer<Object>) {
        self.informer = informer
        machine = ReflectorMachine(configuration: informer.options.reflector)
    }

    mutating func run() async throws {
        var next = step(.started) ?? .wait(.zero)
        while true {
            try Task.checkCancellation()
            let following =
                switch next {
                case .list(let list): try await self.list(list)
                case .watch(let version, let streaming): try await watch(version: version, streaming: streaming)
                case .wait(let delay): try await wait(delay)
                }
            next = following ?? restart()
        }
    }

    /// The machine did not say how to go on, so it begins anew. It never comes to that as long as the machine is complete.
    private mutating func restart() -> Next {
        machine = ReflectorMachine(configuration: informer.options.reflector)
        return step(.started) ?? .wait(.seconds(1))
    }

    private mutating func wait(_ delay: Duration) async throws -> Next? {
        try await informer.time.sleep(for: delay)
        return step(.waited)
    }

    private mutating func list(_ list: ReflectorList) async throws -> Next? {
        informer.metrics.listed()
        do {
            let page = try await informer.api.list(
                ListOptions(
                    labelSelector: informer.options.labelSelector,
                    fieldSelector: informer.options.fieldSelector,
                    limit: list.limit,
                    continueToken: list.continueToken,
                    resourceVersion: list.resourceVersion
                )
            )
            informer.reached()
            return step(
                .page(version: page.metadata.resourceVersion, continueToken: page.metadata.continueToken),
                .objects(page.items)
            )
        } catch {
            return try failed(error)
        }
    }

    private mutating func watch(version: String?, streaming: Bool) async throws -> Next? {
        informer.metrics.watched()
        do {
            // Not all watches of a process shall end at the same moment.
            let longest = informer.options.watchTimeout ?? informer.api.configuration.watchTimeout
            let limit = longest * (0.8 + 0.2 * informer.random())
            let stream = try await informer.api.watch(
                WatchOptions(
                    labelSelector: informer.options.labelSelector,
                    fieldSelector: informer.options.fieldSelector,
                    resourceVersion: version,
                    sendInitialEvents: streaming,
                    // All objects may take long, but not without a word.
                    timeout: streaming ? max(limit, informer.options.streamTimeout) : limit,
                    silenceLimit: streaming ? longest + informer.api.configuration.watchIdleMargin : nil
                )
            )
            informer.reached()
            if let next = step(.opened) { return next }
            for try await event in stream {
                if let next = handle(event) { return next }
            }
            informer.reached()
            return step(.ended)
        } catch {
            return try failed(error)
        }
    }

    private mutating func handle(_ event: WatchEvent<DynamicObject>) -> Next? {
        informer.metrics.event()
        informer.reached()
        switch event {
        case .added(let object), .modified(let object): return step(.event(version: object.version), .changed(object))
        case .deleted(let object): return step(.event(version: object.version), .deleted(object))
        case .bookmark(let version, let ends): return step(.bookmark(version: version, endsInitialEvents: ends))
        case .error(let status): return step(.failed(ReflectorFailure(KubernetesError.status(status))))
        }
    }

    private mutating func failed(_ error: any Error) throws -> Next? {
        if Task.isCancelled { throw CancellationError() }
        let failure = ReflectorFailure(error)
        let level: Logger.Level = failure == .gone || failure == .idle ? .debug : .warning
        informer.logger.log(level: level, "Lost the connection to the resource", metadata: ["cause": "\(error)"])
        return step(.failed(failure))
    }

    /// Lets the machine decide, does to the store what it says, and returns what is to be asked next.
    private mutating func step(_ input: ReflectorInput, _ payload: Payload = .nothing) -> Next? {
        var next: Next?
        for action in machine.handle(input, now: informer.time.now, random: informer.random()) {
            switch action {
            case .beginSnapshot: builder = SnapshotBuilder()
            case .addToSnapshot: collect(payload)
            case .commitSnapshot(let version): commit(version)
            case .apply(let version): apply(payload, version: version)
            case .advance(let version): informer.publish(version: version) { _ in [] }
            case .list(let list): next = .list(list)
            case .watch(let version, let streaming): next = .watch(version: version, streaming: streaming)
            case .wait(let delay): next = .wait(delay)
            case .report(let failure): informer.metrics.failed(failure)
            }
        }
        return next
    }

    private mutating func collect(_ payload: Payload) {
        let known = informer.store.snapshot
        switch payload {
        case .objects(let objects): for object in objects { collect(object, known: known) }
        case .changed(let object): collect(object, known: known)
        case .deleted(let object): builder.remove(object.key)
        case .nothing: break
        }
    }

    private mutating func collect(_ object: DynamicObject, known: StoreSnapshot<Object>) {
        let key = object.key
        if let entry = known.entries[key], !entry.version.isEmpty, entry.version == object.version, entry.uid == object.uid {
            builder.add(key, entry)
        } else if let entry = entry(of: object) {
            builder.add(key, entry)
        } else if let entry = known.entries[key], entry.uid == object.uid {
            // An object that cannot be read must not look deleted.
            builder.add(key, entry)
        }
    }

    private mutating func commit(_ version: String) {
        let builder = builder
        self.builder = SnapshotBuilder()
        informer.publish(version: version, isList: true) { builder.commit(to: &$0, version: version) }
        if !informer.hasSynced {
            informer.logger.info("Synced the cache", metadata: ["objects": "\(informer.store.count)", "version": "\(version)"])
        }
        informer.synced.open()
    }

    private mutating func apply(_ payload: Payload, version: String) {
        switch payload {
        case .changed(let object):
            let entry = entry(of: object)
            informer.publish(version: version) { $0.upsert(object.key, uid: object.uid, entry) }
        case .deleted(let object):
            let last = entry(of: object)
            informer.publish(version: version) { $0.delete(object.key, uid: object.uid, version: object.version, last: last) }
        case .objects, .nothing: informer.publish(version: version) { _ in [] }
        }
    }

    /// The object in the form in which it is stored; `nil`, with a line in the log, when it cannot be read.
    private mutating func entry(of object: DynamicObject) -> Entry? {
        do {
            guard !object.key.name.isEmpty else { throw KubernetesError(.decoding, "The server sent an object without a name") }
            var decoded: Object
            if let same = object as? Object { decoded = same } else { decoded = try object.json.decode(Object.self) }
            informer.options.transform(&decoded)
            strings.share(&decoded)
            return Entry(object: decoded, version: object.version, uid: object.uid)
        } catch {
            informer.metrics.couldNotDecode()
            informer.logger.error("Could not read an object", metadata: ["object": "\(object.key)", "cause": "\(error)"])
            return nil
        }
    }
}

extension DynamicObject {
    /// The version, without decoding all the metadata.
    var version: String { json[at: ["metadata", "resourceVersion"]]?.stringValue ?? "" }
    /// The identity, without decoding all the metadata.
    var uid: String { json[at: ["metadata", "uid"]]?.stringValue ?? "" }
}
