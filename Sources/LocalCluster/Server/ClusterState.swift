import Foundation
import Logging

/// What a server starts from: its keys and its objects, new or read from disk.
struct ClusterState: Sendable {
    var pki: ClusterPKI
    var tokens: ServiceAccountTokens
    var adminToken: String
    var store: ObjectStore

    /// How far revisions jump after a crash: some that were given out may not have reached the disk.
    private static let revisionGap: Int64 = 1000

    static func open(_ configuration: ClusterServer.Configuration, hosts: [String], logger: Logger) throws -> ClusterState {
        guard let directory = configuration.dataDirectory else {
            return ClusterState(
                pki: try ClusterPKI(hosts: hosts, now: configuration.now()),
                tokens: ServiceAccountTokens(),
                adminToken: makeToken(),
                store: ObjectStore(state: StoreState(revision: 0, historyLimit: configuration.watchHistoryLimit), persistence: nil)
            )
        }
        let pki = try ClusterPKI.loadOrCreate(directory: directory, hosts: hosts, now: configuration.now())
        let (persistence, loaded) = try ObjectPersistence.open(directory: directory)
        let revision = loaded.revision + (loaded.closedCleanly || loaded.revision == 0 ? 0 : revisionGap)
        var state = StoreState(revision: revision, historyLimit: configuration.watchHistoryLimit)
        for object in loaded.objects { state.load(object) }
        logger.debug("Read the data", metadata: ["objects": "\(loaded.objects.count)", "revision": "\(loaded.revision)"])
        return ClusterState(
            pki: pki,
            tokens: try ServiceAccountTokens.loadOrCreate(directory: directory),
            adminToken: try token(directory),
            store: ObjectStore(state: state, persistence: persistence)
        )
    }

    private static func token(_ directory: String) throws -> String {
        let path = directory + "/pki/admin.token"
        if let token = try? String(contentsOfFile: path, encoding: .utf8), !token.isEmpty { return token }
        let token = makeToken()
        try PrivateFile.write(token, to: path)
        return token
    }

    private static func makeToken() -> String {
        Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
    }
}
