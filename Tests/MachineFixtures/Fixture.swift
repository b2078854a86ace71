import Foundation
import JSONValue

/// Published forms of the APIs that make machines.
package enum Fixture {
    /// The definitions that KubeVirt installs, as far as they are used.
    package static func kubeVirtDefinitions() throws -> [JSON] { try read("kubevirt")["definitions"]?.arrayValue ?? [] }

    static func read(_ name: String) throws -> JSON {
        guard let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json") else {
            throw StandInError("There is no fixture \(name)")
        }
        return try JSON(parsing: [UInt8](Data(contentsOf: url)))
    }
}

/// Why a stand-in cannot be relied on.
package struct StandInError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
