import Foundation
import JSONValue
import NIOPosix

/// The output of containers.
extension ResourceHandler {
    /// More is not read of a file: its end counts.
    private static let longestLog = 10 << 20

    /// What a container has printed; with `follow` also what it prints until it ends.
    func log(_ call: APICall) async throws -> APIResponse {
        let pod = try current(call)
        let spec = pod.json["spec"]
        func names(_ member: String) -> [String] { (spec?[member]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue } }
        let containers = names("containers")
        let all = containers + names("initContainers")
        let asked = call.query["container"] ?? ""
        if asked.isEmpty, containers.count > 1 {
            throw APIError.badRequest(
                "a container name must be specified for pod \(call.name), choose one of: [\(containers.joined(separator: " "))]"
            )
        }
        let name = asked.isEmpty ? containers.first ?? "" : asked
        guard all.contains(name) else { throw APIError.badRequest("container \(name) is not valid for pod \(call.name)") }
        let query = ClusterServer.PodLogQuery(
            namespace: pod.key.namespace,
            pod: pod.key.name,
            container: name,
            isPrevious: call.query.isTrue("previous")
        )
        guard let path = podLogs?(query) else {
            if query.isPrevious {
                throw APIError.badRequest("previous terminated container \"\(name)\" in pod \"\(call.name)\" not found")
            }
            return .text("")
        }
        let tail = call.query["tailLines"].flatMap { Int($0) }
        let limit = call.query["limitBytes"].flatMap { Int($0) }
        let (text, end) = try await NIOThreadPool.singleton.runIfActive { try Self.read(path, tail: tail) }
        let shown = limit.map { text.prefix(max(0, $0)) } ?? text[...]
        guard call.query.isTrue("follow") else { return .text(String(decoding: shown, as: UTF8.self)) }
        let follower = LogFollower(path: path, shown: Array(shown), offset: end) { [store, podLogs] in
            guard podLogs?(query) == path, let pod = store.get(call.served.storage, call.key) else { return true }
            let statuses = ["containerStatuses", "initContainerStatuses"].flatMap { pod.json["status"]?[$0]?.arrayValue ?? [] }
            return statuses.first { $0["name"]?.stringValue == name }?["state"]?["running"] == nil
        }
        return APIResponse(content: .followed(follower))
    }

    /// The end of a file.
    ///
    /// - Parameter tail: how many lines at most; nil for as many as there are.
    /// - Returns: its bytes, and how long the file was.
    private static func read(_ path: String, tail: Int?) throws -> (bytes: [UInt8], end: UInt64) {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let length = try file.seekToEnd()
        try file.seek(toOffset: length > UInt64(longestLog) ? length - UInt64(longestLog) : 0)
        let bytes = Array(try file.readToEnd() ?? Data())
        let end = try file.offset()
        guard let tail else { return (bytes, end) }
        guard tail > 0 else { return ([], end) }
        var lines = 0
        for index in bytes.indices.dropLast().reversed() where bytes[index] == UInt8(ascii: "\n") {
            lines += 1
            if lines == tail { return (Array(bytes[(index + 1)...]), end) }
        }
        return (bytes, end)
    }
}
