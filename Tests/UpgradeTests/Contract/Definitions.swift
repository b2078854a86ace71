import Foundation
import JSONValue
import ReleaseFixtures

/// Definitions of custom resources, as they are in the repository.
enum Definitions {
    /// Those of this version.
    static func head() throws -> [JSON] {
        let folder = Release.repository.appending(path: "crds")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
            .filter { $0.hasSuffix(".yaml") }.sorted()
            .flatMap { try Release.documents(of: String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    /// Those of a release.
    static func of(_ release: Release) throws -> [JSON] { try release.files(in: "crds").flatMap { try release.documents($0) } }

    /// The definition of an object's kind.
    static func definition(of object: JSON, in definitions: [JSON]) -> JSON? {
        definitions.first { $0[at: ["spec", "names", "kind"]] == object["kind"] }
    }

    /// The paths of all members of a definition's objects that are described, such as `spec.agents[].name`.
    static func paths(_ definition: JSON) -> Set<String> {
        var found: Set<String> = []
        for version in definition[at: ["spec", "versions"]]?.arrayValue ?? [] {
            collect(version[at: ["schema", "openAPIV3Schema"]] ?? [:], "", &found)
        }
        return found.filter { !["apiVersion", "kind", "metadata"].contains($0) }
    }

    private static func collect(_ schema: JSON, _ place: String, _ found: inout Set<String>) {
        for (name, member) in schema["properties"]?.members ?? [] {
            let path = place.isEmpty ? name : "\(place).\(name)"
            found.insert(path)
            collect(member, path, &found)
        }
        if let items = schema["items"] { collect(items, "\(place)[]", &found) }
    }

    /// The paths of all members that an object has, in the same form.
    static func used(_ value: JSON, _ place: String = "") -> Set<String> {
        var found: Set<String> = []
        for (name, member) in value.members {
            let path = place.isEmpty ? name : "\(place).\(name)"
            found.insert(path)
            found.formUnion(used(member, path))
        }
        for item in value.arrayValue ?? [] { found.formUnion(used(item, "\(place)[]")) }
        return found
    }
}
