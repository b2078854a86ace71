import Crypto
import Foundation
import JSONValue
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// Finds out who asks: the client certificate says it, else a bearer token, else it is nobody.
struct Authenticator: Sendable {
    let adminToken: String
    let tokens: ServiceAccountTokens
    let store: ObjectStore
    let now: @Sendable () -> Date
    /// The users of certificates seen lately: parsing one costs more than most requests.
    private let certificates = NIOLockedValueBox<[[UInt8]: UserInfo]>([:])
    private static let cacheLimit = 256

    init(adminToken: String, tokens: ServiceAccountTokens, store: ObjectStore, now: @escaping @Sendable () -> Date) {
        self.adminToken = adminToken
        self.tokens = tokens
        self.store = store
        self.now = now
    }

    /// - Throws: `401` when a token is given and is not good.
    func user(authorization: String?, channel: any Channel) async throws -> UserInfo {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return try user(authorization: authorization) }
        let bytes = try certificate.toDERBytes()
        if let known = certificates.withLockedValue({ $0[bytes] }) { return known }
        let user = try Self.user(certificate: bytes)
        certificates.withLockedValue { known in
            if known.count >= Self.cacheLimit { known = [:] }
            known[bytes] = user
        }
        return user
    }

    /// Whoever brings no bearer token, but perhaps something else, is nobody.
    private func user(authorization: String?) throws -> UserInfo {
        let parts = (authorization ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return .anonymous }
        return try user(token: String(parts[1]))
    }

    private func user(token: String) throws -> UserInfo {
        if Self.isEqual(token, adminToken) { return .administrator }
        guard let claims = tokens.verify(token, now: Int64(now().timeIntervalSince1970)),
            claims.audiences.contains(ServiceAccountTokens.serverAudience), let user = user(claims)
        else { throw APIError.unauthorized }
        return user
    }

    /// The user a token names, if its account is still there.
    func user(_ claims: ServiceAccountTokens.Claims) -> UserInfo? {
        let key = StoreKey(namespace: claims.namespace, name: claims.name)
        guard let account = store.get("serviceaccounts", key), account.uid == claims.uid else { return nil }
        if let bound = claims.bound, boundObject(bound, namespace: claims.namespace)?.uid != bound["uid"]?.stringValue { return nil }
        return UserInfo(
            name: "system:serviceaccount:\(claims.namespace):\(claims.name)",
            uid: claims.uid,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(claims.namespace)", "system:authenticated"]
        )
    }

    /// The object that a token lives and dies with.
    func boundObject(_ reference: JSON, namespace: String) -> StoredObject? {
        let name = reference["name"]?.stringValue ?? ""
        switch reference["kind"]?.stringValue {
        case "Pod": return store.get("pods", StoreKey(namespace: namespace, name: name))
        case "Secret": return store.get("secrets", StoreKey(namespace: namespace, name: name))
        case "Node": return store.get("nodes", StoreKey(namespace: "", name: name))
        default: return nil
        }
    }

    /// The common name is the user, the organisations are the groups.
    private static func user(certificate bytes: [UInt8]) throws -> UserInfo {
        let parsed = try Certificate(derEncoded: bytes)
        var name = ""
        var groups: [String] = []
        for attribute in parsed.subject.flatMap({ $0 }) {
            let value = attribute.value.description
            if attribute.type == .RDNAttributeType.commonName { name = value }
            if attribute.type == .RDNAttributeType.organizationName { groups.append(value) }
        }
        return UserInfo(name: name, groups: groups + ["system:authenticated"])
    }

    /// Compares without telling by its duration where the difference is.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let key = SymmetricKey(size: .bits256)
        let code = HMAC<SHA256>.authenticationCode(for: Array(left.utf8), using: key)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(right.utf8), using: key)
    }
}
