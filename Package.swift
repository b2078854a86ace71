// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target: Swift 6 language mode, explicit existentials and imports, and no warning left standing.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioFoundation: Target.Dependency = .product(name: "NIOFoundationCompat", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncAlgorithms: Target.Dependency = .product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let swiftASN1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A library target with the project's settings.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// A test target with the project's settings.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// Code of the documentation: uses products of this package only, as anybody outside of it can.
func example(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Examples/\(name)", swiftSettings: settings)
}

let package = Package(
    name: "opencrane",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "JSONValue", targets: ["JSONValue"]),
        .library(name: "Observability", targets: ["Observability"]),
        .library(name: "KubernetesModel", targets: ["KubernetesModel"]),
        .library(name: "KubernetesClient", targets: ["KubernetesClient"]),
        .library(name: "OperatorRuntime", targets: ["OperatorRuntime"]),
        .library(name: "LocalCluster", targets: ["LocalCluster"]),
        .library(name: "WorkloadSimulator", targets: ["WorkloadSimulator"]),
        .executable(name: "opencrane", targets: ["opencrane"]),
        .executable(name: "oc", targets: ["oc"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Values and models: no I/O.
        library("JSONValue"),
        library("Schema", ["JSONValue"]),
        library("KubernetesModel", ["JSONValue"]),
        library("CraneAPI", ["JSONValue", "KubernetesModel", "Schema", crypto]),
        library("Entitlements", ["JSONValue", crypto]),
        library("SkillScanning"),
        library("FleetTemplates", ["JSONValue", "CraneAPI", crypto, yams]),

        // Cross-cutting.
        library("Observability", [logging, coreMetrics, metrics, nioConcurrency]),

        // How servers end.
        library("ServerLifetime", [lifecycle, logging]),

        // Secrets at rest.
        library("SealedSecrets", ["Observability", crypto]),

        // What shows that the audit trail is whole.
        library("AuditChain", ["SealedSecrets", crypto]),

        // Logging people in.
        library("OpenIDConnect", ["JSONValue", "Observability", asyncHTTPClient, crypto, jwtKit, nioCore, nioHTTP1, nioSSL]),

        // URLs that callers supply.
        library("OutboundGuard", [asyncHTTPClient, nioCore, nioPosix, nioHTTP1, nioSSL, nioConcurrency]),

        // Registries of content.
        library("OCIRegistry", ["JSONValue", "Observability", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioConcurrency, nioFoundation]),

        // The proxy through which tenants reach models.
        library("ModelProxy", ["JSONValue", "Observability", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioFoundation]),

        // Kubernetes, useful without the product.
        library(
            "KubernetesClient",
            [
                "JSONValue", "KubernetesModel", asyncHTTPClient, nioCore, nioPosix, nioHTTP1, nioSSL, nioConcurrency, nioFoundation,
                logging,
                coreMetrics, metrics, yams,
            ]
        ),
        library(
            "OperatorRuntime",
            [
                "JSONValue", "KubernetesModel", "KubernetesClient", "Observability", collections, lifecycle, logging,
                coreMetrics, metrics, nioCore, nioPosix, nioHTTP1, nioConcurrency, asyncAlgorithms, crypto,
            ]
        ),
        library(
            "WorkloadSimulator",
            ["JSONValue", "KubernetesModel", "KubernetesClient", "OperatorRuntime", lifecycle, logging]
        ),
        library(
            "ProcessRuntime",
            [
                "KubernetesModel", "KubernetesClient", "OperatorRuntime", asyncHTTPClient, lifecycle, logging, nioCore, nioPosix, nioHTTP1,
                nioSSL, nioConcurrency,
            ]
        ),
        library(
            "LocalCluster",
            [
                "ServerLifetime", "JSONValue", "KubernetesModel", "Schema", collections, crypto, grdb, hummingbird, hummingbirdTLS,
                httpTypes,
                lifecycle, logging, nioCore, nioPosix, nioHTTP1, nioSSL, nioConcurrency, nioFoundation, swiftASN1, x509, yams,
            ]
        ),

        // OpenClaw.
        library(
            "OpenClawGateway",
            [
                "JSONValue", crypto, lifecycle, logging, nioCore, nioPosix, nioHTTP1, nioSSL, nioWebSocket, nioConcurrency, nioFoundation,
            ]
        ),

        library(
            "DevelopmentGateway",
            [
                "JSONValue", "OpenClawGateway", crypto, lifecycle, logging, nioCore, nioPosix, nioHTTP1, nioSSL, nioWebSocket,
                nioConcurrency, nioFoundation,
            ]
        ),

        // Machines of any provider.
        library(
            "Machines",
            [
                "JSONValue", "KubernetesModel", "KubernetesClient", asyncHTTPClient, crypto, cryptoExtras, lifecycle, logging, coreMetrics,
                metrics, nioCore, nioPosix, nioHTTP1, nioConcurrency,
            ]
        ),

        // PostgreSQL.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        library("Postgres", ["CLibPQ", "JSONValue", lifecycle, logging, metrics, nioConcurrency]),

        // A private PostgreSQL server for `opencrane dev` and for tests.
        library("LocalPostgres", ["Postgres", lifecycle, logging, nioConcurrency]),

        // REST.
        library(
            "HTTPOperations",
            ["ServerLifetime", "JSONValue", "Schema", hummingbird, httpTypes, lifecycle, logging, metrics, nioCore, nioConcurrency, crypto]
        ),

        // The product.
        library(
            "Projection",
            ["JSONValue", "KubernetesModel", "CraneAPI", "Postgres", lifecycle, logging, metrics, nioConcurrency, crypto]
        ),
        library(
            "CraneOperator",
            [
                "JSONValue", "KubernetesModel", "KubernetesClient", "OperatorRuntime", "CraneAPI", "Projection", "Postgres",
                "Observability", "Machines", "FleetTemplates", "OpenClawGateway", asyncHTTPClient, crypto, lifecycle, logging, coreMetrics,
                metrics, nioCore, nioHTTP1, nioConcurrency,
            ]
        ),
        library(
            "ControlPlane",
            [
                "JSONValue", "Schema", "KubernetesModel", "KubernetesClient", "CraneAPI", "FleetTemplates", "Projection", "Postgres",
                "HTTPOperations", "AuditChain", "Entitlements", "ModelProxy", "SealedSecrets", "Observability", "OpenClawGateway",
                "OpenIDConnect", "OCIRegistry", "OutboundGuard",
                "SkillScanning", asyncHTTPClient, crypto, hummingbird, httpTypes, lifecycle, logging, metrics, nioCore, nioConcurrency,
                nioFoundation, nioHTTP1, nioPosix, yams,
            ]
        ),
        .executableTarget(
            name: "opencrane",
            dependencies: [
                "JSONValue", "Schema", "KubernetesModel", "KubernetesClient", "OperatorRuntime", "WorkloadSimulator", "ProcessRuntime",
                "LocalCluster",
                "Observability", "Postgres", "LocalPostgres", "Projection", "CraneAPI", "CraneOperator", "ControlPlane", "HTTPOperations",
                "AuditChain", "Machines", "DevelopmentGateway", "OCCore", "SealedSecrets", "ServerLifetime", argumentParser, lifecycle,
                unixSignals, logging,
                metrics, nioConcurrency, yams,
            ],
            swiftSettings: settings
        ),
        // The command line; the executable is wiring only, so that tests can reach the rest.
        library(
            "OCCore",
            ["JSONValue", "KubernetesModel", "CraneAPI", asyncHTTPClient, argumentParser, nioCore, nioPosix, nioHTTP1, nioSSL, yams]
        ),
        .executableTarget(name: "oc", dependencies: ["OCCore"], swiftSettings: settings),

        // The operator against an API server in one thread, under faults: for tests.
        library(
            "Simulation",
            [
                "JSONValue", "KubernetesModel", "KubernetesClient", "OperatorRuntime", "LocalCluster", "WorkloadSimulator", "CraneAPI",
                "CraneOperator", "Projection", collections, lifecycle, logging, nioCore, nioHTTP1, nioConcurrency,
            ]
        ),
        .executableTarget(name: "simulate", dependencies: ["Simulation", argumentParser], swiftSettings: settings),

        // Benchmarks: of the engine, of fleets of machines, and of the control plane under faults.
        .systemLibrary(name: "CMalloc", path: "Benchmarks/CMalloc"),
        .target(
            name: "BenchKit",
            dependencies: ["CMalloc", "JSONValue", "KubernetesClient", logging, nioConcurrency],
            path: "Benchmarks/Kit",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "fleetbench",
            dependencies: [
                "BenchKit", "JSONValue", "KubernetesModel", "KubernetesClient", "LocalCluster", "LocalPostgres", "Postgres", "Projection",
                "CraneAPI", "CraneOperator", "ControlPlane", "DevelopmentGateway", "OpenClawGateway", "Observability", argumentParser,
                asyncHTTPClient, lifecycle, unixSignals, logging, metrics, nioCore, nioHTTP1,
            ],
            path: "Benchmarks/Fleet",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "controlplanebench",
            dependencies: [
                "BenchKit", "JSONValue", "KubernetesModel", "KubernetesClient", "LocalPostgres", "Postgres", "CraneAPI", argumentParser,
                asyncHTTPClient, nioCore, nioConcurrency, nioHTTP1,
            ],
            path: "Benchmarks/ControlPlane",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "driftbench",
            dependencies: [
                "BenchKit", "JSONValue", "KubernetesModel", "KubernetesClient", "LocalCluster", "LocalPostgres", "Postgres", "Projection",
                "CraneAPI", "ControlPlane", "Observability", argumentParser, asyncHTTPClient, lifecycle, nioCore, nioHTTP1,
            ],
            path: "Benchmarks/Drift",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "enginebench",
            dependencies: [
                "BenchKit", "JSONValue", "KubernetesModel", "KubernetesClient", "OperatorRuntime", "LocalCluster", "CraneAPI",
                "Observability", argumentParser, lifecycle, unixSignals, logging, nioConcurrency,
            ],
            path: "Benchmarks/Engine",
            swiftSettings: settings
        ),

        // Examples. What is run is in the documentation (docs/libraries) and the other way round.
        example("JSONValueExample", ["JSONValue"]),
        example("KubernetesModelExample", ["JSONValue", "KubernetesModel"]),
        example("KubernetesClientExample", ["JSONValue", "KubernetesModel", "KubernetesClient", logging]),
        example("OperatorRuntimeExample", ["KubernetesModel", "KubernetesClient", "OperatorRuntime", "Observability", logging]),
        example(
            "LocalClusterExample",
            ["KubernetesModel", "KubernetesClient", "OperatorRuntime", "LocalCluster", "WorkloadSimulator", logging]
        ),
        .executableTarget(
            name: "SampleOperator",
            dependencies: ["KubernetesModel", "KubernetesClient", "OperatorRuntime", "Observability", lifecycle, unixSignals, logging],
            path: "Examples/SampleOperator",
            exclude: ["README.md", "rbac.yaml", "website-crd.yaml", "website.yaml"],
            swiftSettings: settings
        ),

        // Stand-ins for the APIs that make machines: for tests.
        .target(
            name: "MachineFixtures",
            dependencies: ["JSONValue", hummingbird, httpTypes, logging, nioCore, nioConcurrency],
            path: "Tests/MachineFixtures",
            resources: [.copy("Fixtures")],
            swiftSettings: settings
        ),

        // An identity provider in a process of its own: for tests.
        .target(
            name: "OpenIDFixtures",
            dependencies: ["JSONValue", asyncHTTPClient, nioCore, nioHTTP1],
            path: "Tests/OpenIDFixtures",
            swiftSettings: settings
        ),

        // A registry in a process of its own: for tests.
        .target(name: "RegistryFixtures", path: "Tests/RegistryFixtures", swiftSettings: settings),

        // A stand-in for the model proxy: for tests.
        .target(
            name: "ModelProxyFixtures",
            dependencies: ["JSONValue", crypto, hummingbird, httpTypes, logging, nioCore, nioConcurrency],
            path: "Tests/ModelProxyFixtures",
            swiftSettings: settings
        ),

        // What releases left behind, in the repository: for tests.
        .target(
            name: "ReleaseFixtures",
            dependencies: ["JSONValue", "LocalPostgres", "Postgres", logging, yams],
            path: "Tests/ReleaseFixtures",
            exclude: ["Releases"],
            swiftSettings: settings
        ),

        // Tests.
        tests("JSONValueTests", ["JSONValue"]),
        tests("SchemaTests", ["Schema", "JSONValue"]),
        tests("KubernetesModelTests", ["KubernetesModel", "JSONValue"]),
        tests("CraneAPITests", ["CraneAPI", "KubernetesModel", "Schema", "JSONValue", yams]),
        tests("FleetTemplatesTests", ["FleetTemplates", "CraneAPI", "JSONValue", httpTypes, hummingbird, nioCore, nioConcurrency]),
        tests("OpenClawGatewayTests", ["OpenClawGateway", "JSONValue", logging, nioConcurrency]),
        tests(
            "DevelopmentGatewayTests",
            [
                "DevelopmentGateway", "OpenClawGateway", "JSONValue", crypto, logging, nioCore, nioPosix, nioConcurrency, swiftASN1, x509,
            ]
        ),
        tests(
            "MachinesTests",
            [
                "Machines", "FleetTemplates", "JSONValue", "KubernetesModel", "KubernetesClient", "LocalCluster", crypto, cryptoExtras,
                "MachineFixtures", hummingbird, httpTypes, lifecycle, logging, nioCore, nioConcurrency,
            ]
        ),
        tests("OCCoreTests", ["OCCore", "JSONValue", "KubernetesModel", argumentParser, nioConcurrency]),
        tests("ObservabilityTests", ["Observability", logging, coreMetrics, nioConcurrency]),
        tests(
            "OutboundGuardTests",
            [
                "OutboundGuard", asyncHTTPClient, hummingbird, hummingbirdTLS, httpTypes, lifecycle, logging, nioCore, nioSSL,
                nioConcurrency, crypto, swiftASN1, x509,
            ]
        ),
        tests(
            "OCIRegistryTests",
            ["OCIRegistry", "RegistryFixtures", "Observability", hummingbird, httpTypes, logging, nioCore, nioConcurrency]
        ),
        tests(
            "OpenIDConnectTests",
            [
                "OpenIDConnect", "OpenIDFixtures", "JSONValue", "Observability", asyncHTTPClient, crypto, cryptoExtras, hummingbird,
                httpTypes, logging, nioCore, nioHTTP1, nioConcurrency,
            ]
        ),
        tests(
            "UpgradeTests",
            ["ReleaseFixtures", "CraneAPI", "KubernetesModel", "Projection", "Postgres", "LocalPostgres", "JSONValue", logging]
        ),
        tests("SealedSecretsTests", ["SealedSecrets", "Observability", crypto]),
        tests("AuditChainTests", ["AuditChain", "SealedSecrets", "Observability"]),
        tests(
            "KubernetesClientTests",
            [
                "KubernetesClient", "KubernetesModel", "JSONValue", "LocalCluster", asyncHTTPClient, coreMetrics, logging, nioCore,
                nioHTTP1, nioConcurrency,
            ]
        ),
        tests(
            "OperatorRuntimeTests",
            [
                "OperatorRuntime", "KubernetesClient", "KubernetesModel", "JSONValue", "LocalCluster", lifecycle, logging, "Observability",
                nioConcurrency, nioCore,
            ]
        ),
        tests(
            "WorkloadSimulatorTests",
            [
                "WorkloadSimulator", "OperatorRuntime", "KubernetesClient", "KubernetesModel", "JSONValue", "LocalCluster", lifecycle,
                logging,
            ]
        ),
        tests(
            "ProcessRuntimeTests",
            [
                "ProcessRuntime", "WorkloadSimulator", "KubernetesClient", "KubernetesModel", "JSONValue", "LocalCluster", asyncHTTPClient,
                lifecycle, logging, nioCore, nioPosix, nioHTTP1, nioConcurrency,
            ]
        ),
        tests(
            "LocalClusterTests",
            [
                "LocalCluster", "KubernetesModel", "JSONValue", "Schema", asyncHTTPClient, logging, yams, nioCore, nioFoundation, nioHTTP1,
                nioSSL,
            ],
            resources: [.copy("Fixtures")]
        ),
        tests("PostgresTests", ["Postgres", "JSONValue", "LocalPostgres", logging]),
        tests(
            "HTTPOperationsTests",
            [
                "HTTPOperations", "ServerLifetime", "Schema", "JSONValue", hummingbird, httpTypes, lifecycle, logging, nioCore,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]
        ),
        tests(
            "ProjectionTests",
            ["Projection", "Postgres", "LocalPostgres", "CraneAPI", "KubernetesModel", "JSONValue", lifecycle, logging, nioConcurrency]
        ),
        tests(
            "CraneOperatorTests",
            [
                "CraneOperator", "CraneAPI", "KubernetesModel", "KubernetesClient", "OperatorRuntime", "LocalCluster", "JSONValue",
                "WorkloadSimulator", "Machines", "MachineFixtures", "FleetTemplates", "OpenClawGateway", "DevelopmentGateway",
                "ReleaseFixtures", "Observability", lifecycle, logging, coreMetrics,
                nioCore, nioPosix, nioConcurrency, nioHTTP1,
            ]
        ),
        tests(
            "ControlPlaneTests",
            [
                "ControlPlane", "HTTPOperations", "CraneAPI", "FleetTemplates", "Projection", "Postgres", "LocalPostgres",
                "OpenClawGateway", "DevelopmentGateway", "KubernetesModel", "KubernetesClient", "LocalCluster", "JSONValue",
                "Observability", "AuditChain", "Entitlements", "ModelProxy", "ModelProxyFixtures", "SealedSecrets", "OpenIDConnect",
                "OpenIDFixtures",
                "OCIRegistry", "RegistryFixtures", "ReleaseFixtures", "OutboundGuard", "SkillScanning", asyncHTTPClient,
                hummingbird,
                lifecycle, logging, httpTypes, nioCore, nioConcurrency, nioFoundation, nioHTTP1, nioPosix,
            ],
            resources: [.copy("Unit/operations.txt")]
        ),
        tests("ModelProxyTests", ["ModelProxy", "ModelProxyFixtures", "JSONValue", "Observability"]),
        tests("EntitlementsTests", ["Entitlements", "JSONValue"]),
        tests("SkillScanningTests", ["SkillScanning"]),
        tests("SimulationTests", ["Simulation"]),
        tests(
            "ExampleTests",
            [
                "JSONValueExample", "KubernetesModelExample", "KubernetesClientExample", "OperatorRuntimeExample", "LocalClusterExample",
                "SampleOperator", "JSONValue", "KubernetesModel", "KubernetesClient", "OperatorRuntime", "LocalCluster", "Observability",
                "WorkloadSimulator", logging, nioConcurrency,
            ]
        ),
        tests("ManifestTests", ["ControlPlane", "CraneAPI", "CraneOperator", "JSONValue", yams]),
        tests(
            "EndToEndTests",
            [
                "opencrane", "oc", "LocalCluster", "LocalPostgres", "Postgres", "JSONValue", "KubernetesModel", "KubernetesClient",
                "CraneAPI", "OpenClawGateway", "OpenIDFixtures",
                asyncHTTPClient, asyncAlgorithms, crypto, hummingbird, hummingbirdTLS, httpTypes, logging, nioCore, nioHTTP1, nioSSL,
                nioConcurrency, swiftASN1, x509,
            ],
            resources: [.copy("Scripts")]
        ),
    ]
)

// A developer who works on one module may narrow the package to one test target and what it needs: OPENCRANE_ONLY=PostgresTests.
if let only = Context.environment["OPENCRANE_ONLY"], !only.isEmpty {
    var wanted: Set<String> = []
    var open = only.split(separator: ",").map(String.init)
    while let name = open.popLast() {
        guard wanted.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else { continue }
        for case .byNameItem(let dependency, _) in target.dependencies { open.append(dependency) }
    }
    package.targets = package.targets.filter { wanted.contains($0.name) }
    package.products = []
}

// Who works on some folders of a test target may leave the others out: OPENCRANE_TESTS=Budgets,Support.
if let folders = Context.environment["OPENCRANE_TESTS"], !folders.isEmpty {
    for target in package.targets where target.name == Context.environment["OPENCRANE_ONLY"] {
        target.sources = folders.split(separator: ",").map(String.init)
    }
}
