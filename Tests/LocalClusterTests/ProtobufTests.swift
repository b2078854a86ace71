import JSONValue
import Testing

@testable import LocalCluster

@Suite struct ProtobufTests {
    /// A body as a client makes it: the magic, then `runtime.Unknown` with the object's bytes.
    private func body(_ apiVersion: String, _ kind: String, _ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var object = ProtobufWriter()
        write(&object)
        var unknown = ProtobufWriter()
        unknown.message(1) { meta in
            meta.string(1, apiVersion)
            meta.string(2, kind)
        }
        unknown.data(2, object.bytes)
        return Array("k8s\0".utf8) + unknown.bytes
    }

    @Test func objectsAreRead() throws {
        let bytes = body("v1", "ConfigMap") { map in
            map.message(1) { meta in
                meta.string(1, "name")
                meta.message(8) { $0.integer(1, 1_767_225_600) }
                meta.message(11) { entry in
                    entry.string(1, "label")
                    entry.string(2, "value")
                }
                meta.string(14, "example.org/hold")
            }
            map.bool(4, true)
            map.message(3) { entry in
                entry.string(1, "bin")
                entry.data(2, [1, 2, 3])
            }
        }
        let json = try ProtobufBody.json(bytes)
        #expect(json["kind"] == "ConfigMap")
        #expect(
            json["metadata"] == [
                "name": "name", "creationTimestamp": "2026-01-01T00:00:00Z", "labels": ["label": "value"],
                "finalizers": ["example.org/hold"],
            ]
        )
        #expect(json["immutable"] == true)
        #expect(json["binaryData"] == ["bin": "AQID"])
    }

    @Test func membersOfInlinedMessagesStandOutside() throws {
        let bytes = body("v1", "Pod") { pod in
            pod.message(2) { spec in
                spec.message(1) { volume in
                    volume.string(1, "data")
                    volume.message(2) { source in source.message(2) { _ in } }
                }
            }
        }
        #expect(try ProtobufBody.json(bytes)["spec"]?["volumes"] == [["name": "data", "emptyDir": [:]]])
    }

    @Test(
        arguments: [
            [], [0x6B], Array("k8s\0".utf8) + [0x0A], Array("k8s\0".utf8) + [0x0A, 0xFF], Array("xyz\0".utf8),
            Array("k8s\0".utf8) + [0x0F], Array("k8s\0".utf8) + Array(repeating: 0xFF, count: 12),
        ] as [[UInt8]]
    )
    func whatIsNoMessageIsRefused(bytes: [UInt8]) {
        #expect(throws: APIError.self) { try ProtobufBody.json(bytes) }
    }

    @Test func truncatedBodiesNeverTrap() throws {
        let bytes = body("apps/v1", "Deployment") { deployment in
            deployment.message(1) { $0.string(1, "web") }
            deployment.message(2) { spec in
                spec.integer(1, 3)
                spec.message(3) { template in
                    template.message(2) { pod in pod.message(2) { $0.string(1, "main") } }
                }
            }
        }
        #expect(try ProtobufBody.json(bytes)["spec"]?["template"]?["spec"]?["containers"]?[0]?["name"] == "main")
        for length in 0..<bytes.count { _ = try? ProtobufBody.json(Array(bytes[..<length])) }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0xFF
            _ = try? ProtobufBody.json(changed)
        }
    }

    /// A field whose name the decoder of built-in kinds does not know would be lost without a word.
    @Test func everyReferencedMessageIsListed() {
        let plain: Set<String> = [
            "string", "bool", "int", "bytes", "double", "Quantity", "IntOrString", "Time", "MicroTime", "FieldsV1", "RawExtension",
        ]
        var missing: Set<String> = []
        for fields in ProtobufTypes.messages.values {
            for field in fields.values where !plain.contains(field.type) && ProtobufTypes.fields(field.type) == nil {
                missing.insert(field.type)
            }
        }
        #expect(missing.isEmpty)
        #expect(ProtobufTypes.messages.count > 300)
    }
}
