/// What the machine does in each state. Each switch names every input, so that none is forgotten.
extension ReflectorMachine {
    mutating func listing(_ list: ReflectorList, _ input: ReflectorInput, _ moment: Moment) -> [ReflectorAction] {
        switch input {
        case .page(let version, let token): page(list, version: version ?? "", token: token ?? "", moment)
        case .failed(let failure): listFailed(list, failure, moment)
        case .started, .opened, .event, .bookmark, .ended, .waited: []
        }
    }

    mutating func streaming(_ input: ReflectorInput, _ moment: Moment) -> [ReflectorAction] {
        switch input {
        case .opened: return [.beginSnapshot]
        case .event: return [.addToSnapshot]
        case .bookmark(let version, let ends):
            guard ends, !version.isEmpty else { return [] }
            if isStale(version) { return wait(.stale, then: .begin, moment) }
            return commit(version)
        case .ended: return streamingFailed(.unavailable(retryAfter: nil), moment)
        case .failed(let failure): return streamingFailed(failure, moment)
        case .started, .page, .waited: return []
        }
    }

    mutating func watching(_ watch: Watch, _ input: ReflectorInput, _ moment: Moment) -> [ReflectorAction] {
        var watch = watch
        switch input {
        case .opened:
            watch.since = moment.now
            failedOpenings = 0
            state = watch.state
            return []
        case .event(let version):
            advance(&watch, to: version)
            return [.apply(version: watch.version)]
        case .bookmark(let version, _):
            advance(&watch, to: version)
            return [.advance(version: watch.version)]
        case .ended:
            lostWatches = 0
            // A server, or something before it, that ends watches as soon as they begin must not be asked without pause.
            guard let since = watch.since, watch.isFruitful || moment.now - since >= configuration.shortestWatch else {
                return wait(.unavailable(retryAfter: nil), then: .watch(version: watch.version), moment)
            }
            return resume(.watch(version: watch.version))
        case .failed(let failure): return watchFailed(watch, failure, moment)
        case .started, .page, .waited: return []
        }
    }

    /// Takes note of a version. An object without one, or with one that was passed already, does not set the watch back.
    private mutating func advance(_ watch: inout Watch, to version: String) {
        lostWatches = 0
        guard !version.isEmpty, version != watch.version else { return state = watch.state }
        if let old = UInt64(watch.version), let new = UInt64(version), new < old { return state = watch.state }
        note(version)
        watch.version = version
        watch.isFruitful = true
        state = watch.state
    }

    private mutating func page(_ list: ReflectorList, version: String, token: String, _ moment: Moment) -> [ReflectorAction] {
        let isFirst = list.continueToken == nil
        if isFirst {
            // Without a version there is nothing to watch from.
            guard !version.isEmpty, version != "0" else { return wait(.malformed, then: .begin, moment) }
            if isStale(version) { return wait(.stale, then: .begin, moment) }
            listVersion = version
        }
        let actions: [ReflectorAction] = isFirst ? [.beginSnapshot, .addToSnapshot] : [.addToSnapshot]
        guard token.isEmpty else {
            return actions + resume(.list(ReflectorList(resourceVersion: nil, limit: list.limit, continueToken: token)))
        }
        return actions + commit(listVersion ?? version)
    }

    private mutating func commit(_ version: String) -> [ReflectorAction] {
        note(version)
        listVersion = nil
        abandonedVersion = nil
        return [.commitSnapshot(version: version)] + resume(.watch(version: version))
    }

    private mutating func listFailed(_ list: ReflectorList, _ failure: ReflectorFailure, _ moment: Moment) -> [ReflectorAction] {
        let isFirst = list.continueToken == nil
        switch failure {
        case .gone where !isFirst:
            // The pages' version is gone before the last one came: everything in one piece, which cannot get too old.
            return [.report(failure)] + resume(.list(ReflectorList(resourceVersion: listedVersion, limit: nil, continueToken: nil)))
        case .gone, .versionTooLarge:
            staleListIsRefused = true
            return wait(failure, then: .begin, moment)
        case .tooLarge:
            pageSize = max(1, min(list.limit ?? pageSize, pageSize) / 2)
            return wait(failure, then: .begin, moment)
        case .tooManyRequests, .unavailable, .idle:
            return wait(failure, then: abandoned(failure) ?? .list(list), moment)
        case .refused, .notSupported, .malformed, .stale:
            // A token that a server does not take, as after an upgrade, is never taken.
            return wait(failure, then: isFirst ? .list(list) : .begin, moment)
        }
    }

    private mutating func streamingFailed(_ failure: ReflectorFailure, _ moment: Moment) -> [ReflectorAction] {
        switch failure {
        case .tooManyRequests: return wait(failure, then: .begin, moment)
        case .notSupported:
            streamingIsRefused = true
            return [.report(failure)] + begin()
        case .refused, .gone, .versionTooLarge, .unavailable, .idle, .stale, .malformed, .tooLarge:
            // A list may succeed where a stream does not; the next full read tries the stream again.
            if let watch = abandoned(failure) { return wait(failure, then: watch, moment) }
            return wait(failure, then: .list(firstPage), moment)
        }
    }

    private mutating func watchFailed(_ watch: Watch, _ failure: ReflectorFailure, _ moment: Moment) -> [ReflectorAction] {
        let version = watch.version
        switch failure {
        case .gone, .versionTooLarge:
            lostWatches = 0
            staleListIsRefused = true
            // Once is normal after a long break, so nothing is lost by not waiting; again and again is not.
            if failuresInARow(now: moment.now) == 0 {
                noteFailure(now: moment.now)
                return [.report(failure)] + resume(.begin)
            }
            return wait(failure, then: .begin, moment)
        case .idle:
            // It took its time already.
            return isLost() ? wait(failure, then: .begin, moment) : [.report(failure)] + resume(.watch(version: version))
        case .malformed, .tooLarge: return wait(failure, then: isLost() ? .begin : .watch(version: version), moment)
        case .unavailable where watch.since != nil && !watch.isFruitful:
            // The server lives, but may not be able to go on from this version, as when it cannot read what comes next.
            return wait(failure, then: isLost() ? .begin : .watch(version: version), moment)
        case .unavailable where watch.since == nil:
            // The same may be so before the head of the answer. A server that is down answers no list either, and must not be listed by
            // everybody when it is up again.
            failedOpenings += 1
            guard failedOpenings >= configuration.openingsFailedBeforeList else {
                return wait(failure, then: .watch(version: version), moment)
            }
            failedOpenings = 0
            abandonedVersion = version
            return wait(failure, then: .begin, moment)
        case .tooManyRequests, .unavailable, .stale: return wait(failure, then: .watch(version: version), moment)
        case .refused, .notSupported: return wait(failure, then: .begin, moment)
        }
    }

    /// The watch to go on with when the list that was tried in its place fails because the server is down.
    private mutating func abandoned(_ failure: ReflectorFailure) -> ReflectorMachine.Resumption? {
        defer { abandonedVersion = nil }
        switch failure {
        case .unavailable, .idle, .tooManyRequests: return abandonedVersion.map { .watch(version: $0) }
        case .refused, .notSupported, .malformed, .stale, .gone, .versionTooLarge, .tooLarge: return nil
        }
    }

    /// Counts a watch that told nothing; whether it is enough to list instead.
    private mutating func isLost() -> Bool {
        lostWatches += 1
        guard lostWatches >= configuration.watchesLostBeforeList else { return false }
        lostWatches = 0
        return true
    }
}
