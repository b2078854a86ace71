import FleetTemplates
import Foundation
import HTTPOperations
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers

/// Knows the templates of fleets: the platform's, and those of the ConfigMap that the operator reads too, as they were lately.
final class TemplateSource: Sendable {
    private struct State {
        var catalog = TemplateCatalog.builtIn
        /// When the ConfigMap was asked for last; nil before.
        var askedAt: Duration?
        /// Whether it was ever answered.
        var isRead = false
    }

    private let client: KubernetesClient
    private let configMap: ObjectKey?
    private let limit: Duration
    private let memory: Duration
    private let time: TimeSource
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// Nothing is read yet.
    ///
    /// - Parameters:
    ///   - client: the way to Kubernetes.
    ///   - configMap: the ConfigMap; nil for the platform's templates alone.
    ///   - limit: how long Kubernetes may take.
    ///   - memory: how long what was read is believed. Default: 5 seconds.
    ///   - time: the clock.
    ///   - logger: told of templates that cannot be used.
    init(
        client: KubernetesClient,
        configMap: ObjectKey?,
        limit: Duration,
        memory: Duration = .seconds(5),
        time: TimeSource = .system,
        logger: Logger
    ) {
        self.client = client
        self.configMap = configMap
        self.limit = limit
        self.memory = memory
        self.time = time
        self.logger = logger
    }

    /// The templates there are. While Kubernetes cannot be asked, those that were read last.
    ///
    /// - Parameter wanted: the template that is asked for: one that is not known may have been added just now.
    /// - Throws: ``OperationError`` 503 when none were ever read.
    func catalog(for wanted: String? = nil) async throws -> TemplateCatalog {
        guard let configMap else { return .builtIn }
        let now = time.now
        let known = state.withLockedValue { state -> TemplateCatalog? in
            // Whoever comes while somebody asks takes what there is.
            let isKnown = wanted.map { state.catalog.templates[$0] != nil } ?? true
            if state.isRead, isKnown, let asked = state.askedAt, now - asked < memory { return state.catalog }
            state.askedAt = now
            return nil
        }
        if let known { return known }
        do {
            let catalog = try await read(configMap, within: limit)
            state.withLockedValue { state in
                state.catalog = catalog
                state.isRead = true
            }
            return catalog
        } catch let error as OperationError {
            let former = state.withLockedValue { $0.isRead ? $0.catalog : nil }
            guard let former else { throw error }
            logger.notice("templates of fleets cannot be read; the former ones count", metadata: ["error": .string("\(error)")])
            return former
        }
    }

    /// The templates as far as they are known, for answers that need them only to show more: nobody waits long for Kubernetes.
    func known() async -> TemplateCatalog {
        guard let configMap else { return .builtIn }
        let now = time.now
        let isDue = state.withLockedValue { state in
            if let asked = state.askedAt, now - asked < memory { return false }
            state.askedAt = now
            return true
        }
        if isDue, let catalog = try? await read(configMap, within: min(limit, .seconds(1))) {
            state.withLockedValue { state in
                state.catalog = catalog
                state.isRead = true
            }
        }
        return state.withLockedValue { $0.catalog }
    }

    private func read(_ key: ObjectKey, within limit: Duration) async throws -> TemplateCatalog {
        let api = client.resource(CoreV1.ConfigMap.self, namespace: key.namespace)
        let map = try await onKubernetes(within: limit) { try await api.getIfPresent(key) }
        var catalog = TemplateCatalog.builtIn
        for (name, problem) in catalog.add(configMap: map?.data ?? [:]).sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "a template of fleets cannot be used",
                metadata: ["configmap": "\(key)", "key": .string(name), "error": .string("\(problem)")]
            )
        }
        return catalog
    }
}
