// CREATE TABLE as a source: columns, keys, constraints, event time.

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    /// Adds the stages of a source; nil after reporting what is wrong.
    mutating func bindSource(
        _ table: CreateTable, span: Span, relation: inout Relation
    ) -> Int? {
        let errorsBefore = diagnostics.filter { $0.severity == .error }.count
        let isInternal = internalTables.contains(table.name.key)
        let declared = Set(table.elements.compactMap(\.columnName))
        for column in table.partitionedBy where !declared.contains(column.key) {
            diagnostics.append(
                .misspelt(
                    "unknown-column", "there is no column '\(column.name)'", at: column.span,
                    column.name, among: declared.sorted()))
        }
        if let column = table.partitionedBy.first, !isInternal {
            refuse("PARTITIONED BY in a table of files", column.span)
        }
        let key =
            primaryKey(table) ?? (isInternal ? table.metadataColumn("uuid").map { [$0] } : nil)
        let physical = physicalColumns(table, key: key)
        var expressions: [BoundExpression] = []
        var names: [String] = []
        let scope = Scope(columns: physical, qualifier: table.name.name)
        bindColumns(table, scope, &names, &expressions, key)
        let columns = zip(names, expressions).map { Field($0, $1.type) }
        let output = Scope(columns: columns, qualifier: table.name.name)
        let constraints = bindConstraints(table, output)
        let watermark = bindWatermark(table, output) ?? timeOfWrites(table, output)
        let keyColumns = key.flatMap { key -> [Int]? in
            let found = key.compactMap { output.resolve([$0], &diagnostics) }
            return found.count == key.count ? found : nil
        }
        guard let settings = sourceSettings(table, physical),
            diagnostics.filter({ $0.severity == .error }).count == errorsBefore
        else { return nil }
        warnOfNullableTime(table, watermark, columns)
        relation = Relation(
            columns: columns, rowtime: watermark?.column, key: keyColumns, mode: .append)
        relation.proctimes = Set(
            expressions.indices.filter { index in
                if case .call("PROCTIME", _) = expressions[index].node { true } else { false }
            })
        let stage = addSourceStages(
            table, span, relation, physical, settings, expressions, constraints, watermark)
        guard isInternal, let declared = primaryKey(table), !declared.isEmpty else { return stage }
        return addUpserts(table, span, stage, &relation)
    }

    /// The last row of each key: writes to a table with a primary key replace each other.
    private mutating func addUpserts(
        _ table: CreateTable, _ span: Span, _ stage: Int, _ relation: inout Relation
    ) -> Int {
        relation.mode = .updating
        relation.type = .versionedState
        return graph.add(
            "\(table.name.name).top",
            .rank(
                RankPlan(
                    partitionBy: relation.key ?? [], orderBy: [], ranks: 1...1, emitsRank: false,
                    lastWins: true, firstByTime: nil, windowEnd: nil, isAppend: true)),
            inputs: [stage], relation: relation, span: span)
    }

    /// The records of a table that the API writes.
    mutating func internalSource(_ table: CreateTable) -> SourcePlan {
        let key = primaryKey(table) ?? table.metadataColumn("uuid").map { [$0] }
        return SourcePlan(
            name: table.name.name, connector: "internal", format: nil, options: [:],
            columns: physicalColumns(table, key: key))
    }

    private mutating func addSourceStages(
        _ table: CreateTable, _ span: Span, _ relation: Relation, _ physical: [Field],
        _ settings: ConnectorSettings, _ expressions: [BoundExpression],
        _ constraints: [(name: String, condition: BoundExpression)],
        _ watermark: (column: Int, expression: BoundExpression)?
    ) -> Int {
        let isInternal = internalTables.contains(table.name.key)
        let source = SourcePlan(
            name: table.name.name, connector: settings.connector, format: settings.format,
            options: settings.options, columns: physical,
            metadata: isInternal ? [:] : table.metadata(in: physical))
        let readRelation = Relation(columns: physical, rowtime: nil, key: nil, mode: .append)
        let isPlain =
            constraints.isEmpty && watermark == nil && expressions.count == physical.count
        let stage = graph.add(
            table.name.name, .source(source), inputs: [],
            relation: isPlain ? relation : readRelation, span: span)
        if isPlain { return stage }
        let computed = expressions.indices.filter { index in
            let isColumn = if case .column = expressions[index].node { true } else { false }
            return !isColumn && (relation.key?.contains(index) ?? false)
        }
        let check = CheckPlan(
            columns: expressions, constraints: constraints, notNull: computed,
            watermark: watermark)
        return graph.add(
            "\(table.name.name).check", .check(check), inputs: [stage], relation: relation,
            span: span)
    }

    private mutating func primaryKey(_ table: CreateTable) -> [Identifier]? {
        var result: [Identifier]?
        for element in table.elements {
            guard case .primaryKey(let columns, let span) = element else { continue }
            if result != nil {
                diagnostics.append(.error("duplicate-key", "a table has one primary key", at: span))
            }
            result = columns
        }
        return result
    }

    /// The columns that are read; key columns are NOT NULL, as in Flink.
    private mutating func physicalColumns(_ table: CreateTable, key: [Identifier]?) -> [Field] {
        var columns: [Field] = []
        var seen: Set<String> = []
        for element in table.elements {
            switch element {
            case .column(let name, let type, _):
                guard let bound = TypeBinder.bind(type, &diagnostics) else { continue }
                let isKey = key?.contains { $0.key == name.key } ?? false
                columns.append(Field(name.name, isKey ? bound.nullable(false) : bound))
                noteName(name, &seen)
            case .computed(let name, _): noteName(name, &seen)
            case .metadata(let name, let type, let key, _, let span):
                guard let bound = bindMetadata(table, name, type, key, span) else { continue }
                columns.append(Field(name.name, bound))
                noteName(name, &seen)
            case .primaryKey, .watermark, .check: break
            }
        }
        if columns.isEmpty, !diagnostics.hasErrors {
            diagnostics.append(
                .error("no-columns", "this table has no columns to read", at: table.name.span))
        }
        return columns
    }

    private mutating func noteName(_ name: Identifier, _ seen: inout Set<String>) {
        if !seen.insert(name.key).inserted {
            diagnostics.append(
                .error("duplicate-column", "two columns are called '\(name.name)'", at: name.span))
        }
    }

    private mutating func bindColumns(
        _ table: CreateTable, _ scope: Scope, _ names: inout [String],
        _ expressions: inout [BoundExpression], _ key: [Identifier]?
    ) {
        for element in table.elements {
            switch element {
            case .column(let name, _, _), .metadata(let name, _, _, _, _):
                guard let index = scope.columns.firstIndex(where: { $0.name == name.name }) else {
                    continue
                }
                names.append(name.name)
                expressions.append(
                    BoundExpression(.column(index), scope.columns[index].type, name.span))
            case .computed(let name, let written):
                var binder = expressionBinder(scope, place: "a computed column")
                let bound = binder.bind(written)
                diagnostics += binder.diagnostics
                guard let bound, canCompute(bound) else { continue }
                let isKey = key?.contains { $0.key == name.key } ?? false
                names.append(name.name)
                expressions.append(
                    isKey
                        ? BoundExpression(bound.node, bound.type.nullable(false), bound.span)
                        : bound)
            default: break
            }
        }
    }

    private mutating func bindConstraints(
        _ table: CreateTable, _ scope: Scope
    ) -> [(name: String, condition: BoundExpression)] {
        var result: [(name: String, condition: BoundExpression)] = []
        for element in table.elements {
            guard case .check(let name, let written, _) = element else { continue }
            if result.contains(where: { $0.name == name.name }) {
                diagnostics.append(
                    .error(
                        "duplicate-constraint", "two constraints are called '\(name.name)'",
                        at: name.span))
            }
            var binder = expressionBinder(scope, place: "a CHECK constraint")
            if let condition = binder.bindBoolean(written), canCompute(condition) {
                result.append((name.name, condition))
            }
            diagnostics += binder.diagnostics
        }
        return result
    }

    private mutating func bindWatermark(
        _ table: CreateTable, _ scope: Scope
    ) -> (column: Int, expression: BoundExpression)? {
        var result: (column: Int, expression: BoundExpression)?
        for element in table.elements {
            guard case .watermark(let column, let written, let span) = element else { continue }
            if result != nil {
                diagnostics.append(
                    .error("duplicate-watermark", "a table has one watermark", at: span))
            }
            guard let last = column.last, let index = scope.resolve(column, &diagnostics) else {
                continue
            }
            let kind = scope.columns[index].type.kind
            let isTime =
                switch kind {
                case .timestamp(let precision), .timestampLTZ(let precision): precision <= 3
                default: false
                }
            guard isTime else {
                diagnostics.append(
                    .error(
                        "bad-watermark",
                        "the event time must be TIMESTAMP(0..3) or"
                            + " TIMESTAMP_LTZ(0..3), '\(last.name)' is \(kind)", at: last.span,
                        hint: "declare it so, or compute a column: t AS CAST(… AS TIMESTAMP(3))"))
                continue
            }
            var binder = expressionBinder(scope, place: "a watermark")
            let bound = binder.bind(written)
            diagnostics += binder.diagnostics
            guard let bound, canCompute(bound) else { continue }
            guard bound.type.kind.isTimestamp else {
                diagnostics.append(
                    .error(
                        "bad-watermark", "a watermark is a time, this is \(bound.type.kind)",
                        at: bound.span))
                continue
            }
            result = (index, bound)
        }
        return result
    }
}
