import JSONValue
import KubernetesModel

/// What the write path needs to know of a served resource version, built-in or custom.
///
/// A create runs through ``decode(_:)``, ``prepareCreate(_:)``, the field manager, ``finishCreate(_:environment:)`` and ``validateCreate(_:)``;
/// an update likewise. Nothing here does I/O.
protocol ResourceStrategy: Sendable {
    /// Names, scope, verbs.
    var definition: ResourceDefinition { get }
    /// How its objects merge.
    var mergeSchema: MergeSchema { get }
    /// The object that a create is compared with.
    var zeroObject: JSON { get }
    /// Whether strategic merge patches are understood.
    var supportsStrategicMerge: Bool { get }

    /// Reads a body: checks types, drops unknown members.
    func decode(_ body: JSON) throws(DecodeFailure) -> DecodedObject
    /// Status, defaults and generation of an object to be created.
    func prepareCreate(_ object: JSON) -> JSON
    /// Status, defaults and generation of a changed object.
    func prepareUpdate(_ new: JSON, old: JSON, subresource: String?) -> JSON
    /// What the server itself adds to a new object, owned by no manager.
    func finishCreate(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON
    /// What the server itself changes in a changed object, owned by no manager.
    func finishUpdate(_ new: JSON, old: JSON, subresource: String?, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON
    /// What is wrong with an object to be created.
    func validateCreate(_ object: JSON) -> [FieldError]
    /// What is wrong with a change.
    func validateUpdate(_ new: JSON, old: JSON, subresource: String?) -> [FieldError]
    /// Applies a strategic merge patch.
    func strategicMerge(_ patch: JSON, to object: JSON) throws(StrategicMergeError) -> JSON
    /// Why a configuration cannot be applied; `nil` when it can.
    func checkApplied(_ applied: JSON) -> String?
    /// A configuration without the fields that this path of the resource does not write.
    func resetApplied(_ applied: JSON, subresource: String?) -> JSON
    /// The stored form of an object of this version.
    func toStored(_ object: JSON) -> JSON
    /// This version's form of a stored object.
    func fromStored(_ object: JSON) -> JSON
    /// The answer for an invalid object.
    func invalidStatus(_ errors: [FieldError], name: String) -> Status
}

extension ResourceStrategy {
    /// Why a configuration cannot be applied; `nil` when it can.
    func checkApplied(_ applied: JSON) -> String? {
        let problem: String
        do {
            if let unknown = try decode(applied).unknownFields.first {
                problem = ".\(unknown): field not declared in schema"
            } else if let ambiguity = mergeSchema.ambiguity(in: applied) {
                problem = ambiguity
            } else {
                return nil
            }
        } catch {
            problem = error.message
        }
        let name = "\(applied.text(at: "metadata", "namespace"))/\(applied.text(at: "metadata", "name"))"
        return "failed to create typed patch object (\(name); \(definition.type.apiVersion), Kind=\(definition.type.kind)): \(problem)"
    }

    /// A configuration without the fields that this path of the resource does not write: through the main path no status where that is
    /// a subresource, through a subresource that alone.
    func resetApplied(_ applied: JSON, subresource: String?) -> JSON {
        var result = applied
        guard let subresource else {
            if definition.subresources.contains("status") { result["status"] = nil }
            return result
        }
        let metadata = applied.members(at: "metadata").filter { ["name", "namespace", "uid", "resourceVersion"].contains($0.key) }
        result = .object((applied.objectValue ?? [:]).filter { ["apiVersion", "kind", subresource].contains($0.key) })
        result["metadata"] = .object(metadata)
        return result
    }
}

/// What a server hands out of its address and port ranges.
protocol AllocationEnvironment: Sendable {
    /// An address of the service range: the one asked for, or a free one.
    func allocateClusterIP(requested: String?) -> ClusterIPResult
    /// Gives an address back.
    func releaseClusterIP(_ address: String)
    /// A port of the node range: the one asked for, or a free one; `nil` when there is none.
    func allocateNodePort(requested: Int?) -> Int?
}

/// The answer to a request for an address.
enum ClusterIPResult: Sendable, Hashable {
    /// Here it is.
    case allocated(String)
    /// It is somebody else's.
    case taken
    /// It is none of the range, or the range is used up.
    case outOfRange
}
