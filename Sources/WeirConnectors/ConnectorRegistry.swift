// All connectors and formats.

package import WeirPlanner

/// The list of the connectors; the only place to register one.
package enum ConnectorRegistry {
    package static let all: [Connector] = [
        FileSystemConnector.connector, PrintConnector.connector, BlackholeConnector.connector,
        InternalConnector.connector,
    ]

    package static func connector(named name: String) -> Connector? {
        all.first { $0.description.name == name }
    }

    /// What the binder needs to know of all of them.
    package static var catalog: ConnectorCatalog {
        ConnectorCatalog(
            connectors: all.map(\.description), formats: FormatRegistry.all.map(\.description))
    }
}

/// The list of the formats; the only place to register one.
package enum FormatRegistry {
    package static let all: [Format] = [CsvFormat.format, JsonFormat.format]

    static func format(named name: String?) -> Format? {
        all.first { $0.description.name == name }
    }
}
