import Foundation
import JSONValue
import Yams

/// A kubeconfig file, or several merged: clusters, users, and contexts that join the two.
public struct Kubeconfig: Sendable {
    struct Cluster: Decodable, Sendable {
        var server: String?
        var certificateAuthority: String?
        var certificateAuthorityData: String?
        var insecureSkipTLSVerify: Bool?
        var tlsServerName: String?
        var proxyURL: String?
        var extensions: [Extension]?

        enum CodingKeys: String, CodingKey {
            case server, extensions
            case certificateAuthority = "certificate-authority"
            case certificateAuthorityData = "certificate-authority-data"
            case insecureSkipTLSVerify = "insecure-skip-tls-verify"
            case tlsServerName = "tls-server-name"
            case proxyURL = "proxy-url"
        }
    }

    struct Extension: Decodable, Sendable {
        var name: String
        var `extension`: JSON?
    }

    struct User: Decodable, Sendable {
        var token: String?
        var tokenFile: String?
        var clientCertificate: String?
        var clientCertificateData: String?
        var clientKey: String?
        var clientKeyData: String?
        var username: String?
        var password: String?
        var exec: Exec?
        var authProvider: AuthProvider?
        var impersonate: String?
        var impersonateUID: String?
        var impersonateGroups: [String]?
        var impersonateUserExtra: [String: [String]]?

        enum CodingKeys: String, CodingKey {
            case token, tokenFile, username, password, exec
            case authProvider = "auth-provider"
            case impersonate = "as"
            case impersonateUID = "as-uid"
            case impersonateGroups = "as-groups"
            case impersonateUserExtra = "as-user-extra"
            case clientCertificate = "client-certificate"
            case clientCertificateData = "client-certificate-data"
            case clientKey = "client-key"
            case clientKeyData = "client-key-data"
        }
    }

    struct AuthProvider: Decodable, Sendable {
        var name: String?
    }

    struct Exec: Decodable, Sendable {
        struct Variable: Decodable, Sendable {
            var name: String
            var value: String
        }

        var apiVersion: String?
        var command: String
        var args: [String]?
        var env: [Variable]?
        var installHint: String?
        var provideClusterInfo: Bool?
        var interactiveMode: String?
    }

    struct Context: Decodable, Sendable {
        var cluster: String?
        var user: String?
        var namespace: String?
    }

    /// A value with the directory that its relative paths start from.
    struct Located<Value: Sendable>: Sendable {
        var value: Value
        var directory: String
    }

    private struct Named<Value: Decodable & Sendable>: Decodable, Sendable {
        var name: String
        var value: Value

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            name = try container.decode(String.self, forKey: AnyKey("name"))
            guard let key = container.allKeys.first(where: { $0.stringValue != "name" }) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "the entry \(name) has nothing but a name")
                )
            }
            value = try container.decode(Value.self, forKey: key)
        }
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct File: Decodable {
        var clusters: [Named<Cluster>]?
        var users: [Named<User>]?
        var contexts: [Named<Context>]?
        var currentContext: String?

        enum CodingKeys: String, CodingKey {
            case clusters, users, contexts
            case currentContext = "current-context"
        }
    }

    var clusters: [String: Located<Cluster>] = [:]
    var users: [String: Located<User>] = [:]
    var contexts: [String: Context] = [:]
    /// The context that is used when none is named.
    public var currentContext: String?

    /// The names of all contexts, sorted.
    public var contextNames: [String] { contexts.keys.sorted() }

    /// Reads the text of a kubeconfig.
    ///
    /// - Parameter directory: where relative paths in it start. Default: the working directory.
    /// - Throws: ``KubernetesError`` with code `configuration` when it is malformed.
    public init(yaml: String, directory: String = ".") throws {
        let file: File
        do {
            file = try YAMLDecoder().decode(File.self, from: yaml)
        } catch {
            throw KubernetesError(.configuration, "The kubeconfig is malformed", cause: error)
        }
        for entry in file.clusters ?? [] where clusters[entry.name] == nil {
            clusters[entry.name] = Located(value: entry.value, directory: directory)
        }
        for entry in file.users ?? [] where users[entry.name] == nil {
            users[entry.name] = Located(value: entry.value, directory: directory)
        }
        for entry in file.contexts ?? [] where contexts[entry.name] == nil { contexts[entry.name] = entry.value }
        currentContext = file.currentContext.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads files and merges them: of entries with the same name, and of current contexts, the first counts.
    ///
    /// - Parameter mayBeMissing: whether files that do not exist are passed over, as long as one does.
    /// - Throws: ``KubernetesError`` with code `configuration`.
    public static func load(paths: [String], mayBeMissing: Bool = false) throws -> Kubeconfig {
        var merged: Kubeconfig?
        for path in paths where !path.isEmpty {
            if mayBeMissing, !FileManager.default.fileExists(atPath: path) { continue }
            let text: String
            do {
                text = try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw KubernetesError(.configuration, "The kubeconfig \(path) cannot be read", cause: error)
            }
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let next = try Kubeconfig(yaml: text, directory: directory)
            merged = merged?.merging(next) ?? next
        }
        guard let merged else {
            throw KubernetesError(.configuration, "No kubeconfig found at \(paths.joined(separator: ", ")): give one, or set KUBECONFIG")
        }
        return merged
    }

    /// This configuration with what only another one has.
    public func merging(_ other: Kubeconfig) -> Kubeconfig {
        var result = self
        result.clusters.merge(other.clusters) { own, _ in own }
        result.users.merge(other.users) { own, _ in own }
        result.contexts.merge(other.contexts) { own, _ in own }
        result.currentContext = currentContext ?? other.currentContext
        return result
    }
}

extension Kubeconfig: CustomStringConvertible, CustomReflectable {
    /// Names the contexts; what users and proxies log in with is never shown.
    public var description: String { "Kubeconfig(contexts: \(contextNames), currentContext: \(currentContext ?? "none"))" }

    /// Shows the contexts only.
    public var customMirror: Mirror { Mirror(self, children: ["contexts": contextNames, "currentContext": currentContext ?? "none"]) }
}
