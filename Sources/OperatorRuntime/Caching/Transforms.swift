import JSONValue
import KubernetesModel

/// Changes that informers make to objects before they store them, to save memory.
public enum Transforms {
    /// Drops who owns which field. That is often a third of an object, and only ``Applier`` looks at it.
    public static func dropManagedFields<Object: KubernetesObject>(_ object: inout Object) {
        if var dynamic = object as? DynamicObject {
            dynamic.json[at: ["metadata", "managedFields"]] = nil
            if let changed = dynamic as? Object { object = changed }
        } else if !object.metadata.managedFields.isEmpty {
            object.metadata.managedFields = []
        }
    }

    /// Keeps the fields that one field manager owns and drops those of others, so that ``Applier`` can tell across restarts whether an
    /// object is as that manager wants it.
    public static func keepManagedFields<Object: KubernetesObject>(of manager: String) -> @Sendable (inout Object) -> Void {
        { object in
            if var dynamic = object as? DynamicObject {
                let kept = dynamic.json[at: ["metadata", "managedFields"]]?.arrayValue?.filter { $0["manager"]?.stringValue == manager }
                dynamic.json[at: ["metadata", "managedFields"]] = kept.flatMap { $0.isEmpty ? nil : .array($0) }
                if let changed = dynamic as? Object { object = changed }
            } else if object.metadata.managedFields.contains(where: { $0["manager"]?.stringValue != manager }) {
                object.metadata.managedFields.removeAll { $0["manager"]?.stringValue != manager }
            }
        }
    }
}
