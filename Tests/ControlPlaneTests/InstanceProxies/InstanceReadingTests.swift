import Foundation
import JSONValue
import NIOHTTP1
import OpenClawGateway
import Postgres
import Testing

@testable import ControlPlane

@Suite struct InstanceReadingTests {
    @Test func conversationsAreReadWithConsentOnly() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                #expect(try await proxy.chat("hello").status == 200)
                for path in ["/conversations", "/conversations/agent:main:main"] {
                    let refused = try await proxy.send(.GET, path)
                    #expect(refused.status == 403 && refused.body["detail"] == "consent_debug_access is required", "\(refused.body.text())")
                }
                #expect(try await proxy.send(.PATCH, "/consent", ["consent_debug_access": true]).status == 200)
                let list = try await proxy.send(.GET, "/conversations")
                #expect(list.status == 200, "\(list.body.text())")
                let first = try #require(list.body["conversations"]?[0])
                #expect(first["id"] == "agent:main:main" && first["message_count"] == 2)
                #expect(first["last_message"] == "main heard: hello")
                // What was said is shown: that is in the trail.
                #expect(
                    try await proxy.stage.rows(
                        "select actor || ' ' || outcome from audit_entries where action = 'InstanceConversationsListed'"
                    ) == ["static-token succeeded"]
                )
                let detail = try await proxy.send(.GET, "/conversations/agent:main:main")
                #expect(detail.body["messages"]?.arrayValue?.compactMap { $0["content"]?.stringValue } == ["hello", "main heard: hello"])
                #expect(try await proxy.send(.GET, "/conversations/agent:main:other").status == 404)
                #expect(try await proxy.send(.PATCH, "/consent", ["consent_debug_access": false]).status == 200)
                #expect(try await proxy.send(.GET, "/conversations").status == 403)
            }
        }
    }

    @Test func pathsCannotBePlayedWith() async throws {
        try await withProxyStage { proxy in
            try await proxy.set("consent_debug_access = true")
            try await proxy.withGateway { _ in
                _ = try await proxy.chat("hello")
                for id in [
                    "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "%2e%2e%2f", "a.b", "%C3%BC", String(repeating: "x", count: 129), "a%20b",
                ] {
                    let answer = try await proxy.send(.GET, "/conversations/\(id)")
                    #expect(answer.status == 422, "\(id): \(answer.status) \(answer.body.text())")
                    #expect(answer.body["detail"]?[0]?["loc"] == ["path", "conversation_id"], "\(answer.body.text())")
                }
                #expect(try await proxy.send(.GET, "/conversations/a%00b").status == 400)
                for limit in ["0", "101", "x", "-1"] {
                    let answer = try await proxy.send(.GET, "/conversations?limit=\(limit)")
                    #expect(answer.status == 422 && answer.body["detail"]?[0]?["loc"] == ["query", "limit"], "\(limit)")
                }
                #expect(try await proxy.send(.GET, "/conversations?limit=100").status == 200)
            }
        }
    }

    @Test func aKilledGatewayIsABadGatewayUntilItIsBack() async throws {
        try await withProxyStage { proxy in
            let port = try await proxy.withGateway { gateway in
                let there = try await proxy.send(.GET, "/config")
                #expect(there.status == 200, "\(there.body.text())")
                return gateway.port
            }
            let gone = try await proxy.send(.GET, "/config")
            #expect(gone.status == 502, "\(gone.body.text())")
            let runtime = try await proxy.send(.GET, "/runtime")
            #expect(runtime.status == 200 && runtime.body["error_code"] == "unreachable", "\(runtime.body.text())")
            #expect(runtime.body["health_status"] == "unreachable" && runtime.body["health_failures"] == 1)
            try await proxy.withGateway(port: port) { _ in
                #expect(try await proxy.send(.GET, "/config").status == 200)
                let back = try await proxy.send(.GET, "/runtime")
                #expect(back.body["error_code"] == .some(.null) && back.body["health_failures"] == 0, "\(back.body.text())")
            }
        }
    }

    @Test func aSilentGatewayIsLate() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGate { gate in
                gate.hold("connect.challenge")
                let answer = try await proxy.send(.GET, "/config")
                #expect(answer.status == 504, "\(answer.body.text())")
                gate.open()
                #expect(try await proxy.send(.GET, "/config").status == 200)
            }
        }
    }

    @Test func howItRunsIsToldInEveryState() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                let running = try await proxy.send(.GET, "/runtime")
                #expect(running.status == 200, "\(running.body.text())")
                #expect(running.body["status"] == "running" && running.body["provisioning_stage"] == "complete")
                #expect(running.body["openclaw_version"]?.stringValue?.isEmpty == false)
                #expect(running.body["uptime_seconds"]?.integerValue != nil)
                #expect(running.body["error_code"] == .some(.null))
                #expect(running.body["instance_id"]?.stringValue == proxy.id.uuidString.lowercased())
            }
            try await proxy.stage.report("acme", ["phase": "Provisioning", "provisioning": ["run": 2, "steps": []]])
            let preparing = try await proxy.send(.GET, "/runtime")
            #expect(preparing.status == 200 && preparing.body["error_code"] == "not_ready", "\(preparing.body.text())")
            #expect((preparing.body["provision_logs"]?.arrayValue?.count ?? 0) >= 6)
            #expect(preparing.body["provision_logs"]?[0]?["seq"] == 1)
            try await proxy.set("delete_requested_at = now()")
            let going = try await proxy.send(.GET, "/runtime")
            #expect(going.body["status"] == "deleting" && going.body["error_code"] == "deleted")
            try await proxy.set("deleted_at = now()")
            let gone = try await proxy.send(.GET, "/runtime")
            #expect(gone.status == 200 && gone.body["status"] == "deleted" && gone.body["error_code"] == "deleted")
            #expect(try await proxy.send(.GET, "/config").status == 404)
            let none = try await Stage.send(.GET, proxy.stage.base + "/v1/instances/\(UUID().uuidString)/runtime", token: Stage.token)
            #expect(none.status == 404)
        }
    }
}
