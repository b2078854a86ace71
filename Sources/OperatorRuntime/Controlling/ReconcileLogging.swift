import Logging

extension Logger.MetadataProvider {
    /// Puts the controller, the key and the id of a reconcile into every line that is logged below it, also into those of loggers that know
    /// nothing of it, as the client's.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap({ label, provider in MyHandler(label: label, metadataProvider: provider) }, metadataProvider: .reconcile)
    /// ```
    public static let reconcile = Logger.MetadataProvider {
        guard let context = ReconcileContext.current else { return [:] }
        var metadata: Logger.Metadata = [:]
        for key in ["controller", "object", "reconcileID", "shard"] { metadata[key] = context.logger[metadataKey: key] }
        return metadata
    }
}
