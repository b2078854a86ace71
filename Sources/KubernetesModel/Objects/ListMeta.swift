/// Metadata of a list (`metav1.ListMeta`).
public struct ListMeta: Codable, Sendable, Hashable {
    /// The version at which the list was read.
    public var resourceVersion: String?
    /// The token with which the next page is asked for; `nil` or empty on the last.
    public var continueToken: String?
    /// About how many objects follow on later pages.
    public var remainingItemCount: Int64?

    /// Makes list metadata.
    public init(resourceVersion: String? = nil, continueToken: String? = nil, remainingItemCount: Int64? = nil) {
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
        self.remainingItemCount = remainingItemCount
    }

    private enum CodingKeys: String, CodingKey {
        case resourceVersion, continueToken = "continue", remainingItemCount
    }
}
