import KubernetesModel
import Logging
import NIOConcurrencyHelpers

/// Says when somebody looks for an object under a key that no object of the resource can have: without a namespace where objects have one, or
/// with one where they have none. Such a key finds nothing, which looks as if the object were not there.
final class KeyForm: Sendable {
    private let resourceType: ResourceType
    private let logger: Logger
    private let isSaid = NIOLockedValueBox(false)

    init(resourceType: ResourceType, logger: Logger) {
        self.resourceType = resourceType
        self.logger = logger
    }

    /// A key found nothing. Says so in the log, once, when that can only be a mistake of the program.
    func missed(_ key: ObjectKey) {
        guard (key.namespace == nil) == resourceType.isNamespaced else { return }
        let isNew = isSaid.withLockedValue { isSaid in
            defer { isSaid = true }
            return !isSaid
        }
        guard isNew else { return }
        logger.error(
            resourceType.isNamespaced
                ? "Looked for an object by a key without a namespace, which finds nothing: give ObjectKey(namespace:name:)"
                : "Looked for an object by a key with a namespace, which finds nothing, as these objects have none: give ObjectKey(name:)",
            metadata: ["key": "\(key)"]
        )
    }
}
