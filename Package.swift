// swift-tools-version: 6.2
// The one table of Weir's modules: a name and what it may import. The arrows only point down.

import PackageDescription

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let http = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypes1 = Target.Dependency.product(
    name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

/// Ours: name, modules of ours it may import, products of packages it may import.
let modules: [(name: String, ours: [String], products: [Target.Dependency])] = [
    ("WeirSQL", [], []),
    ("WeirColumnar", [], []),
    ("WeirTerminal", ["CNcurses"], []),
    ("WeirGraphQL", ["WeirSQL", "WeirColumnar"], []),
    ("WeirFunctions", ["WeirColumnar", "CWeirHash"], []),
    ("WeirPlanner", ["WeirSQL", "WeirColumnar", "WeirFunctions"], []),
    ("WeirRuntime", ["WeirColumnar", "WeirFunctions", "WeirPlanner"], [histogram]),
    ("WeirConnectors", ["WeirColumnar", "WeirRuntime", "CWeirInput", "CWeirJSON"], []),
    (
        "WeirStore",
        ["WeirColumnar", "WeirFunctions", "WeirPlanner", "WeirRuntime", "CWeirStore"],
        [grdb, sqlite]
    ),
    (
        "WeirEngine",
        [
            "WeirSQL", "WeirColumnar", "WeirFunctions", "WeirPlanner", "WeirRuntime",
            "WeirConnectors", "WeirStore",
        ], []
    ),
    (
        "WeirServer",
        [
            "WeirEngine", "WeirStore", "WeirRuntime", "WeirPlanner", "WeirGraphQL", "WeirSQL",
            "WeirColumnar", "CWeirInput",
        ],
        [
            hummingbird, hummingbirdCore, logging, http, nio, nioPosix, nioHTTP, nioHTTP1,
            nioHTTPTypes1,
            nioWebSocket, tls, crypto, jwt, httpClient, histogram, lifecycle,
        ]
    ),
    (
        "WeirTesting",
        [
            "WeirServer", "WeirEngine", "WeirStore", "WeirRuntime", "WeirPlanner", "WeirGraphQL",
            "WeirSQL", "WeirColumnar",
        ], []
    ),
    (
        "WeirLanguage",
        ["WeirEngine", "WeirPlanner", "WeirFunctions", "WeirColumnar", "WeirSQL"], []
    ),
    (
        "WeirTUI",
        [
            "WeirEngine", "WeirStore", "WeirRuntime", "WeirPlanner", "WeirSQL", "WeirColumnar",
            "WeirTerminal",
        ], [toml]
    ),
]

/// Files that are put into the program.
let embedded: [String: [String]] = ["WeirServer": ["Explorer/Page"]]

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    // Checked in debug builds, and so by the tests; in release it would cost each access to a
    // property of an operator (docs/decisions/exclusivity.md).
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// Tests: name, modules they may import, products of packages.
let tests: [(name: String, ours: [String], products: [Target.Dependency])] = [
    ("WeirSQLTests", ["WeirSQL"], []),
    ("WeirColumnarTests", ["WeirColumnar"], []),
    ("WeirGraphQLTests", ["WeirGraphQL", "WeirColumnar"], []),
    ("WeirTerminalTests", ["WeirTerminal"], []),
    (
        "WeirPlannerTests",
        [
            "WeirPlanner", "WeirSQL", "WeirConnectors", "WeirColumnar", "WeirFunctions",
            "WeirRuntime",
        ],
        []
    ),
    (
        "WeirRuntimeTests",
        ["WeirRuntime", "WeirPlanner", "WeirColumnar", "WeirSQL", "WeirConnectors"], []
    ),
    (
        "WeirConnectorsTests",
        ["WeirConnectors", "WeirRuntime", "WeirColumnar", "WeirPlanner", "WeirSQL"], []
    ),
    (
        "WeirEngineTests",
        [
            "WeirEngine", "WeirStore", "WeirRuntime", "WeirPlanner", "WeirSQL", "WeirFunctions",
            "WeirColumnar",
        ], [grdb]
    ),
    (
        "WeirTUITests",
        [
            "WeirTUI", "WeirTerminal", "WeirEngine", "WeirRuntime", "WeirPlanner", "WeirStore",
            "WeirSQL", "WeirConnectors",
        ], []
    ),
    ("WeirLanguageTests", ["WeirLanguage", "WeirSQL"], []),
    (
        "WeirServerTests",
        [
            "WeirServer", "WeirEngine", "WeirStore", "WeirRuntime", "WeirPlanner", "WeirGraphQL",
            "WeirSQL", "WeirColumnar",
        ], [crypto, cryptoExtras, hummingbird]
    ),
    ("WeirTestingTests", ["WeirTesting", "WeirEngine", "WeirColumnar"], []),
    ("CommandLineTests", ["weir", "WeirStore"], []),
    ("TidyTests", [], []),
]

let package = Package(
    name: "weir",
    products: [.executable(name: "weir", targets: ["weir"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    ],
    targets: [
        .target(name: "CWeirInput", linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "CWeirJSON",
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CWeirHash", linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "CWeirStore",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "CNcurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .executableTarget(
            name: "weir",
            dependencies: [
                "WeirEngine", "WeirServer", "WeirTesting", "WeirTUI", "WeirLanguage", "WeirStore",
                "WeirRuntime", "WeirPlanner", "WeirFunctions", "WeirSQL", "WeirColumnar",
                "CWeirInput", argumentParser, histogram, hummingbird, logging, lifecycle,
            ],
            swiftSettings: swiftSettings),
    ]
        + modules.map { module in
            .target(
                name: module.name,
                dependencies: module.ours.map { .byName(name: $0) } + module.products,
                resources: embedded[module.name, default: []].map { .embedInCode($0) },
                swiftSettings: swiftSettings)
        }
        + tests.map { test in
            .testTarget(
                name: test.name,
                dependencies: ["TestSupport"] + test.ours.map { .byName(name: $0) } + test.products,
                swiftSettings: swiftSettings)
        },
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
