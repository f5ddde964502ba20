// Tables that the API writes: no connector, and columns that the server fills in.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// Whether a CREATE TABLE has no connector and the hint that makes it a table of the API.
    mutating func isInternal(_ table: CreateTable, _ statement: Statement) -> Bool {
        let hasConnector = table.options.contains { $0.key == "connector" }
        let hasHint = (statement.preamble.hints + context.hints).contains {
            ["engine", "exec"].contains($0.name.key)
        }
        return hasHint && !hasConnector
    }

    /// Notes a table that the API writes.
    mutating func addWrites(_ table: CreateTable, _ statement: Statement) {
        guard context.isExposed, !table.name.name.hasPrefix("_") else { return }
        var quiet = self
        let source = quiet.internalSource(table)
        var metadata: [Int: WriteMetadata] = [:]
        for case .metadata(let name, _, let key, _, _) in table.elements {
            guard let index = source.columns.firstIndex(where: { $0.name == name.name }) else {
                continue
            }
            switch key ?? "" {
            case "uuid": metadata[index] = .uuid
            case "timestamp": metadata[index] = .timestamp
            case let claim: metadata[index] = .claim(String(claim.dropFirst("auth.".count)))
            }
        }
        let hints = statement.preamble.hints + context.hints
        let arity = hints.first { $0.name.key == HintRule.insert.rawValue }?.arguments.first
        let retention = hints.first { $0.name.key == HintRule.ttl.rawValue }?.arguments.first
        writes.append(
            WritePlan(
                name: table.name.name, source: source, metadata: metadata,
                arity: arity.flatMap { WriteArity(rawValue: $0.lowercased()) } ?? .single,
                retention: retention.flatMap(HintRule.micros),
                documentation: statement.preamble.documentation, span: table.name.span))
    }

    /// The type of a column that the server fills in; nil after reporting a wrong one.
    mutating func bindMetadata(
        _ table: CreateTable, _ column: Identifier, _ type: TypeName, _ key: String?, _ span: Span
    ) -> DataType? {
        guard internalTables.contains(table.name.key) else {
            // Without a connector that is what is said, and nothing more.
            guard let connector = table.options.first(where: { $0.key == "connector" }) else {
                return TypeBinder.bind(type, &diagnostics)
            }
            return connectorMetadata(connector.value, type, key ?? column.name, span)
        }
        guard let bound = TypeBinder.bind(type, &diagnostics) else { return nil }
        let name = key ?? ""
        switch name {
        case "uuid" where bound.kind.isString: return bound
        case "timestamp" where bound.kind.isTimestamp: return bound
        case "uuid", "timestamp":
            diagnostics.append(
                .error(
                    "type-mismatch", "the metadata '\(name)' does not fit \(bound.kind)", at: span,
                    hint: name == "uuid" ? "declare it as STRING" : "declare it as TIMESTAMP_LTZ(3)"
                ))
            return name == "uuid" ? .string : DataType(.timestampLTZ(3))
        default:
            if name.hasPrefix("auth."), name.count > "auth.".count { return bound }
            diagnostics.append(
                .error(
                    "bad-metadata", "there is no metadata '\(name)'", at: span,
                    hint: "'uuid', 'timestamp', or 'auth.NAME' for a claim of the caller's token"))
            return nil
        }
    }

    /// The type of a column that the connector fills in.
    private mutating func connectorMetadata(
        _ name: String, _ type: TypeName, _ key: String, _ span: Span
    ) -> DataType? {
        guard let bound = TypeBinder.bind(type, &diagnostics) else { return nil }
        // An unknown connector is reported with its options.
        guard let connector = connectors.connectors.first(where: { $0.name == name }) else {
            return bound
        }
        guard let known = connector.metadata.first(where: { $0.name == key }) else {
            let names = connector.metadata.map { "'\($0.name)'" }.joined(separator: ", ")
            diagnostics.append(
                .error(
                    "bad-metadata", "the connector \(name) has no metadata '\(key)'", at: span,
                    hint: names.isEmpty ? nil : "it has \(names)"))
            return nil
        }
        guard bound.kind == known.type.kind else {
            diagnostics.append(
                .error(
                    "type-mismatch",
                    "the metadata '\(key)' is \(known.type.kind), not \(bound.kind)",
                    at: span, hint: "declare it as \(known.type.kind)"))
            return nil
        }
        return bound
    }

    /// The event time of writes is when they came in, unless a WATERMARK says otherwise.
    func timeOfWrites(
        _ table: CreateTable, _ scope: Scope
    ) -> (column: Int, expression: BoundExpression)? {
        guard internalTables.contains(table.name.key),
            let name = table.metadataColumn("timestamp"),
            let index = scope.columns.firstIndex(where: { $0.name == name.name })
        else { return nil }
        return (index, BoundExpression(.column(index), scope.columns[index].type, name.span))
    }
}

extension CreateTable {
    /// The columns that are not in the records, with the connector's keys.
    func metadata(in columns: [Field]) -> [Int: String] {
        var result: [Int: String] = [:]
        for case .metadata(let name, _, let key, _, _) in elements {
            guard let index = columns.firstIndex(where: { $0.name == name.name }) else { continue }
            result[index] = key ?? name.name
        }
        return result
    }

    /// The column that is filled with some metadata.
    func metadataColumn(_ wanted: String) -> Identifier? {
        for element in elements {
            if case .metadata(let name, _, let key, _, _) = element, key == wanted { return name }
        }
        return nil
    }
}
