import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers

/// The cluster as every run finds it: the three kinds are served, and some namespaces are there. It is made once with and once without
/// Cilium's policies for DNS names.
enum ClusterTemplate {
    static let namespaces = ["opencrane", "team-a", "team-b"]

    static let plain: Result<InProcessCluster, any Error> = Result { try make(CraneCRDs.all) }
    static let withNamePolicies: Result<InProcessCluster, any Error> = Result { try make(CraneCRDs.all + [namePolicies]) }

    private static let namePolicies: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "ciliumnetworkpolicies.cilium.io"],
        "spec": [
            "group": "cilium.io", "scope": "Namespaced",
            "names": ["plural": "ciliumnetworkpolicies", "singular": "ciliumnetworkpolicy", "kind": "CiliumNetworkPolicy"],
            "versions": [
                [
                    "name": "v2", "served": true, "storage": true,
                    "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
                ]
            ],
        ],
    ]

    static func sources(clock: VirtualClock, prefix: Int) -> InProcessCluster.Sources {
        let counter = NIOLockedValueBox(0)
        let next: @Sendable () -> Int = {
            counter.withLockedValue {
                $0 += 1; return $0
            }
        }
        @Sendable func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return InProcessCluster.Sources(
            now: { clock.date },
            makeUID: { "\(digits(prefix, 8))-0000-4000-8000-\(digits(next(), 12))" },
            makeSuffix: { digits(next(), 5) }
        )
    }

    private struct NotMade: Error {}

    private static func make(_ definitions: [JSON]) throws -> InProcessCluster {
        let clock = VirtualClock()
        let random = SharedRandom(seed: 0)
        let scheduler = Scheduler(clock: clock, random: random)
        let made = NIOLockedValueBox<Result<InProcessCluster, any Error>?>(nil)
        let controllers = NIOLockedValueBox<Task<Void, Never>?>(nil)
        scheduler.start {
            do {
                let cluster = try await InProcessCluster.make(
                    definitions: definitions,
                    sources: sources(clock: clock, prefix: 0),
                    logger: World.quiet
                )
                for name in namespaces {
                    let body: JSON = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
                    _ = await cluster.respond(
                        to: .init(
                            method: "POST",
                            target: "/api/v1/namespaces",
                            contentType: "application/json",
                            userAgent: "template",
                            body: body.serialized()
                        )
                    )
                }
                let task = scheduler.start { await cluster.runControllers() }
                controllers.withLockedValue { $0 = task }
                made.withLockedValue { $0 = .success(cluster) }
            } catch {
                made.withLockedValue { $0 = .failure(error) }
            }
        }
        try scheduler.run(atMost: .seconds(10))
        controllers.withLockedValue { $0 }?.cancel()
        try scheduler.run(atMost: .seconds(20))
        guard let result = made.withLockedValue({ $0 }) else { throw NotMade() }
        return try result.get()
    }
}
