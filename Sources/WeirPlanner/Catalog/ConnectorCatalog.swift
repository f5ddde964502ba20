// What the binder must know about connectors and formats; the engine fills it from the registries.

package import WeirColumnar

/// What an option's value may be.
package enum OptionKind: Sendable, Equatable {
    case text
    /// A file or a folder; relative ones begin at the file that declares the table.
    case path
    case boolean
    /// One character; `\t` is a tab.
    case character
    case choice([String])
    /// A time as in Flink's settings: `30 s`, `5 min`.
    case duration
}

/// One key of a WITH clause.
package struct OptionDescription: Sendable, Equatable {
    package let key: String
    package let kind: OptionKind
    package let isRequired: Bool
    package let documentation: String

    package init(
        _ key: String, _ kind: OptionKind = .text, isRequired: Bool = false, _ documentation: String
    ) {
        self.key = key
        self.kind = kind
        self.isRequired = isRequired
        self.documentation = documentation
    }
}

/// What a connector can do and which options it takes.
package struct ConnectorDescription: Sendable {
    package let name: String
    package let documentation: String
    package let isSource: Bool
    package let isSink: Bool
    /// Whether a sink takes rows that update or delete earlier ones.
    package let acceptsUpdates: Bool
    package let needsFormat: Bool
    package let options: [OptionDescription]
    /// What a source knows of each row besides its fields (`METADATA FROM 'key'`).
    package let metadata: [Field]

    package init(
        name: String, documentation: String, isSource: Bool, isSink: Bool, acceptsUpdates: Bool,
        needsFormat: Bool, options: [OptionDescription], metadata: [Field] = []
    ) {
        self.metadata = metadata
        self.name = name
        self.documentation = documentation
        self.isSource = isSource
        self.isSink = isSink
        self.acceptsUpdates = acceptsUpdates
        self.needsFormat = needsFormat
        self.options = options
    }
}

/// What a format can hold and which options it takes; keys carry the format's name as prefix.
package struct FormatDescription: Sendable {
    package let name: String
    package let documentation: String
    /// Whether ARRAY, MAP and ROW columns can be read.
    package let supportsNested: Bool
    package let options: [OptionDescription]

    package init(
        name: String, documentation: String, supportsNested: Bool, options: [OptionDescription]
    ) {
        self.name = name
        self.documentation = documentation
        self.supportsNested = supportsNested
        self.options = options
    }
}

/// The connectors and formats that exist.
package struct ConnectorCatalog: Sendable {
    package let connectors: [ConnectorDescription]
    package let formats: [FormatDescription]

    package init(connectors: [ConnectorDescription], formats: [FormatDescription]) {
        self.connectors = connectors
        self.formats = formats
    }
}
