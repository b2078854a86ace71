/// Why the store did not do what was asked.
enum StoreError: Error, Sendable {
    /// A create met an existing object.
    case alreadyExists
    /// The object is not there.
    case notFound
    /// The object's revision is not the expected one.
    case conflict(current: StoredObject)
    /// The revision asked for is older than the history kept.
    case expired(requested: Int64, oldest: Int64)
    /// The revision asked for has not been reached.
    case future(requested: Int64, current: Int64)
    /// The object is larger than what is stored.
    case tooLarge
}
