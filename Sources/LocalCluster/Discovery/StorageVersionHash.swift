import Crypto
import Foundation
import KubernetesModel

/// A short name of the form in which objects are stored; clients compare it for equality only.
enum StorageVersionHash {
    static func text(_ type: ResourceType) -> String {
        let digest = SHA256.hash(data: Data("\(type.group)/\(type.version)/\(type.kind)".utf8))
        return Data(digest.prefix(8)).base64EncodedString()
    }
}
