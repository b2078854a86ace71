import JSONValue
import KubernetesModel
import NIOCore
import Testing

@testable import KubernetesClient

/// What errors are made of answers that are no success, or no answer of an API server.
@Suite struct StatusTests {
    private func error(_ code: Int, _ body: String = "", isCreation: Bool = false) -> KubernetesError {
        StatusDecoding.error(code: code, body: ByteBuffer(string: body), retryAfter: nil, isCreation: isCreation)
    }

    @Test(arguments: [
        (400, StatusReason.badRequest), (401, .unauthorized), (403, .forbidden), (404, .notFound), (405, .methodNotAllowed),
        (406, .notAcceptable), (409, .conflict), (410, .gone), (413, .requestEntityTooLarge), (415, .unsupportedMediaType), (422, .invalid),
        (429, .tooManyRequests), (500, .internalError), (502, .internalError), (503, .serviceUnavailable), (504, .timeout), (418, .unknown),
    ])
    func aCodeAloneHasAReason(code: Int, reason: StatusReason) {
        #expect(error(code).reason == reason)
        #expect(error(code).httpStatus == code)
        #expect(error(code, #"{"kind":"Status","status":"Failure","message":"m"}"#).reason == reason)
    }

    @Test(arguments: [
        "BadRequest", "Unauthorized", "Forbidden", "NotFound", "MethodNotAllowed", "NotAcceptable", "AlreadyExists", "Conflict", "Gone",
        "Expired", "RequestEntityTooLarge", "UnsupportedMediaType", "Invalid", "TooManyRequests", "InternalError", "ServerTimeout",
        "StorageReadError", "ServiceUnavailable", "Timeout", "SomethingNew",
    ])
    func theServersOwnReasonCounts(reason: String) {
        let found = error(500, #"{"kind":"Status","status":"Failure","reason":"\#(reason)","message":"m","code":500}"#)
        #expect(found.reason?.rawValue == reason)
        #expect(found.message == "m")
        #expect(found.isGone == ["Gone", "Expired"].contains(reason))
        #expect(found.isServerTimeout == (reason == "ServerTimeout"))
    }

    @Test func aConflictOfACreationIsAboutTheName() {
        #expect(error(409, isCreation: true).isAlreadyExists)
        #expect(error(409).isConflict)
        #expect(!error(409).isAlreadyExists)
    }

    @Test func pagesOfProxiesAreReadable() {
        let page = "<!DOCTYPE html>\n<html><head><title>502 Bad\nGateway</title></head>\r\n<body><h1>Oops</h1></body></html>"
        #expect(error(502, page).message == "The server answered 502: 502 Bad Gateway Oops")
        #expect(error(503, "upstream\n\tconnect error\u{1B}[31m").message == "The server answered 503: upstream connect error [31m")
        #expect(error(500, String(repeating: "é", count: 4000)).message.count < 260)
    }

    @Test(arguments: [
        #"{"kind":"Status","message":"cut o"#, #"{"kind":"Pod"}"#, "[]", "\u{0}\u{1}", #"{"kind":"Status","code":"many"}"#,
    ])
    func brokenBodiesLeaveTheCode(body: String) {
        #expect(error(503, body).reason == .serviceUnavailable)
        #expect(error(503, body).isRetryable)
    }

    @Test func aLoginBeforeTheServerIsNoSuccess() async throws {
        let transport = ScriptedTransport([
            .answer(302, "<html>Found</html>", headers: [("Location", "https://login.example/?next=x")]),
            .answer(200, "<html><title>Please log in</title></html>", headers: [("Content-Type", "text/html")]),
            .answer(302, "", headers: [("Location", "https://login.example/")]),
        ])
        let api = try KubernetesClient.scripted(transport).dynamic(CoreV1.Pod.resourceType, namespace: "n")
        let redirected = await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(redirected?.code == .status)
        #expect(redirected?.message.contains("https://login.example/") == true)
        let page = await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(page?.code == .decoding)
        #expect(page?.message.contains("text/html") == true)
        #expect(page?.message.contains("Please log in") == true)
        let watch = await #expect(throws: KubernetesError.self) { try await api.watch() }
        #expect(watch?.httpStatus == 302)
    }

    @Test func conflictsNameTheirManagers() {
        let conflict = error(
            409,
            """
            {"kind":"Status","reason":"Conflict","code":409,"message":"Apply failed with 2 conflicts","details":{"causes":[
              {"reason":"FieldManagerConflict","message":"conflict with \\"kubectl\\" with subresource \\"scale\\" using apps/v1","field":".spec.replicas"},
              {"reason":"FieldManagerConflict","message":"conflict with \\"other\\" using v1","field":".data.x"},{"reason":"Else"}]}}
            """
        )
        #expect(
            conflict.fieldConflicts == [
                FieldConflict(manager: "kubectl", field: ".spec.replicas"), FieldConflict(manager: "other", field: ".data.x"),
            ]
        )
    }

    @Test func aDisruptionBudgetIsNotWaitedFor() async throws {
        let body = #"{"kind":"Status","code":429,"reason":"TooManyRequests","details":{"causes":[{"reason":"DisruptionBudget"}]}}"#
        let transport = ScriptedTransport([.answer(429, body, headers: [("Retry-After", "0")])])
        let error = await #expect(throws: KubernetesError.self) {
            try await KubernetesClient.scripted(transport).evict(pod: "p", namespace: "n", uid: "u")
        }
        #expect(error?.isDisruptionBudget == true)
        let request = try #require(transport.requests.first)
        #expect(transport.requests.count == 1)
        let sent = try JSON(parsing: String(buffer: try #require(request.body)))
        #expect(sent["apiVersion"] == "policy/v1")
        #expect(sent[at: ["deleteOptions", "preconditions", "uid"]] == "u")
    }

    @Test(arguments: [
        (#"299 - "unknown field \"spec.x\"""#, [#"unknown field "spec.x""#]),
        (#"299 - "a, b", 299 - "c" "Wed, 21 Oct 2026 07:28:00 GMT""#, ["a, b", "c"]),
        (#"299 host:1 "x\\y""#, [#"x\y"#]), ("299 -", []), (#"abc - "x""#, []), (#"299 - "open"#, []), ("", []),
        (#"299 - "a",299 - bad"#, ["a"]),
    ])
    func warningHeaders(header: String, texts: [String]) {
        #expect(ServerWarning.parse(header).map(\.text) == texts)
    }

    @Test func namespacesStayWithinTheirPath() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"items":[]}"#)])
        _ = try await KubernetesClient.scripted(transport).dynamic(CoreV1.Pod.resourceType, namespace: "../kube-system?x").list()
        #expect(transport.requests.first?.target == "/api/v1/namespaces/..%2Fkube-system%3Fx/pods")
    }
}
