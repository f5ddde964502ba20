// From the queries of a plan to types and fields (SQRL's rules for the generated schema).

import WeirColumnar
import WeirEngine
import WeirGraphQL
import WeirPlanner
import WeirSQL

struct APIModelBuilder {
    private let settings: APISettings
    private var queries: [String: APIQuery] = [:]
    private var writes: [String: APIWrite] = [:]
    private var inputs = InputTypes()
    private var subscriptions: [String: APIQuery] = [:]
    private var objects: [String: APIObject] = [:]
    private var documentation: [String: Documentation] = [:]
    private var tables: [String] = []
    private var functions: [String] = []
    private var problems: [String] = []
    private var nested = NestedTypes()
    /// Types whose rows come in pages.
    private var pages: Set<String> = []

    /// Names of types that are taken.
    private static let reserved: Set<String> = [
        "Query", "Mutation", "Subscription", "Int", "Float", "String", "Boolean", "ID", "Date",
        "DateTime", "JSON", "LocalTime", "Long", "_McpMethodType", "_RestMethodType",
    ]

    init(_ settings: APISettings) { self.settings = settings }

    mutating func add(_ plan: StreamPlan) {
        for query in plan.tableQueries where isShown(query.name) {
            documentation[query.base ?? query.name] = query.documentation
            guard let field = field(query, type: query.base ?? query.name) else { continue }
            if case .table(true) = query.kind {
                queries[query.name] = field
                tables.append(query.name)
            }
        }
        for query in plan.queries where query.kind == .function && isShown(query.name) {
            guard let field = field(query, type: query.base ?? query.name) else { continue }
            queries[query.name] = field
            functions.append(query.name)
        }
        for query in plan.queries where query.kind == .subscription && isShown(query.name) {
            subscriptions[query.name] = field(query, type: query.base ?? query.name)
        }
        for query in plan.queries { addRelationship(query, plan) }
        if settings.hasPages { addPages() }
        for write in plan.writes where isShown(write.name) { add(write, plan) }
    }

    /// Lists of the root become pages, unless the name of their type is taken.
    private mutating func addPages() {
        for (name, query) in queries where query.isList && query.defaultLimit != nil {
            let page = PageTypes.name(of: query.type)
            if objects[page] != nil || objects[PageTypes.info] != nil {
                let taken = objects[page] != nil ? page : PageTypes.info
                problems.append("'\(name)' is a plain list: '\(taken)' is the name of a table")
                continue
            }
            queries[name]?.isPage = true
            pages.insert(query.type)
        }
    }

    private mutating func add(_ write: WritePlan, _ plan: StreamPlan) {
        for index in write.inputs {
            let column = write.source.columns[index]
            guard !column.type.isNullable, !InputTypes.isPossible(column) else { continue }
            problems.append(
                "'\(write.name)' takes no rows: callers cannot give '\(column.name)'"
                    + " (\(column.type))")
            return
        }
        let type = "\(write.name)ResultOutput"
        guard let object = object(type, WriteService.columns(of: write, plan)) else { return }
        objects[type] = object
        writes[write.name] = APIWrite(plan: write, type: type)
    }

    private mutating func addRelationship(_ query: StoreQuery, _ plan: StreamPlan) {
        guard case .relationship(let parent) = query.kind, let dot = query.name.lastIndex(of: ".")
        else { return }
        let name = String(query.name[query.name.index(after: dot)...])
        let table = plan.tableQueries.first { $0.name.lowercased() == parent.lowercased() }
        // The parent may be inner, or nothing may read it.
        guard let table, isShown(name), objects[table.base ?? table.name] != nil else { return }
        let own = "\(table.name)_\(name)"
        guard let field = field(query, type: query.base ?? own) else { return }
        objects[table.base ?? table.name]?.relationships[name] = field
        if query.base == nil { documentation[own] = query.documentation }
    }

    private mutating func isShown(_ name: String) -> Bool {
        if name.hasPrefix("_") || name.contains(".") { return false }
        if APIName.isShown(name), !Self.reserved.contains(name) { return true }
        problems.append("'\(name)' is not served: it is no name of a GraphQL type")
        return false
    }

    private mutating func field(_ query: StoreQuery, type: String) -> APIQuery? {
        let shown = query.arguments.filter(\.isShown)
        for argument in shown {
            guard !APIName.isShown(argument.name) || NestedTypes.input(argument.type) == nil else {
                continue
            }
            problems.append(
                "'\(query.name)' is not served: callers cannot give '\(argument.name)'"
                    + " (\(argument.type))")
            return nil
        }
        for name in ["limit", "offset"] where shown.contains(where: { $0.name == name }) {
            problems.append(
                "'\(query.name)' is not served: '\(name)' is how a page is asked for; give the"
                    + " argument another name")
            return nil
        }
        if objects[type] == nil {
            guard let object = object(type, query.columns) else {
                problems.append("'\(query.name)' is not served: no column of it can be shown")
                return nil
            }
            objects[type] = object
        }
        return APIQuery(
            query: query, type: type,
            defaultLimit: query.isSingle ? nil : query.limit ?? settings.defaultLimit,
            isList: !query.isSingle,
            arguments: shown)
    }

    private func object(_ name: String, _ columns: [Field]) -> APIObject? {
        var object = APIObject(name: name, columns: columns)
        var types = NestedTypes()
        for (number, column) in columns.enumerated() where APIName.isShown(column.name) {
            guard types.output(column.type, path: "\(name)_\(column.name)") != nil else { continue }
            // Of columns of the same name the first one counts.
            if object.columnNumbers[column.name] == nil {
                object.columnNumbers[column.name] = number
            }
        }
        return object.columnNumbers.isEmpty ? nil : object
    }

    // MARK: Schema

    var model: APIModel {
        mutating get {
            var schema = GraphQLSchema()
            do throws(GraphQLError) {
                try schema.addIntrospection()
            } catch {
                problems.append("introspection is not served: \(error.message)")
            }
            for scalar in ScalarTypes.declared { schema.add(scalar) }
            ScalarTypes.addOperationDirective(to: &schema)
            for object in objects.values { schema.add(type(object)) }
            for type in pages { schema.add(PageTypes.page(of: type)) }
            if !pages.isEmpty { schema.add(PageTypes.infoType) }
            for (name, members) in nested.types {
                schema.add(
                    SchemaType(
                        name, .object,
                        fields: members.map { SchemaField($0.name, $0.output) }))
            }
            let roots = (tables.sorted() + functions.sorted()).compactMap { name in
                queries[name].map { field(name, $0) }
            }
            schema.add(SchemaType("Query", .object, fields: roots))
            addMutations(to: &schema)
            if !subscriptions.isEmpty {
                let fields = subscriptions.sorted { $0.key < $1.key }.map { field($0, $1) }
                schema.subscriptionType = "Subscription"
                schema.add(SchemaType("Subscription", .object, fields: fields))
            }
            let members = nested.types.mapValues { members in
                Dictionary(members.map { ($0.name, $0.type) }) { first, _ in first }
            }
            if !settings.hasExtendedScalars { schema = schema.showing("Float", for: "Long") }
            return APIModel(
                schema: schema, settings: settings, queries: queries, writes: writes,
                subscriptions: subscriptions, objects: objects,
                nested: members, problems: problems)
        }
    }

    private mutating func addMutations(to schema: inout GraphQLSchema) {
        guard !writes.isEmpty else { return }
        let fields = writes.sorted { $0.key < $1.key }.map { name, write in
            let docs = write.plan.documentation
            let input = TypeReference.nonNull(.named(inputs.add(write.plan)))
            let output = TypeReference.nonNull(.named(write.type))
            let isSingle = write.plan.arity == .single
            return SchemaField(
                name, isSingle ? output : .nonNull(.list(output)),
                arguments: [InputValue("event", isSingle ? input : .nonNull(.list(input)))],
                description: text(docs))
        }
        schema.mutationType = "Mutation"
        schema.add(SchemaType("Mutation", .object, fields: fields))
        for type in inputs.types { schema.add(type) }
    }

    private mutating func type(_ object: APIObject) -> SchemaType {
        let docs = documentation[object.name]
        let isWritten = writes.values.contains { $0.type == object.name }
        let path = isWritten ? String(object.name.dropLast("Output".count)) : object.name
        var fields: [SchemaField] = []
        for (number, column) in object.columns.enumerated()
        where object.columnNumbers[column.name] == number {
            guard
                let type = nested.output(
                    column.type, path: "\(path)_\(column.name)")
            else { continue }
            let text = docs?.columns.first { $0.name.lowercased() == column.name.lowercased() }
            fields.append(SchemaField(column.name, type, description: text?.text))
        }
        for (name, query) in object.relationships.sorted(by: { $0.key < $1.key }) {
            fields.append(field(name, query))
        }
        return SchemaType(object.name, .object, description: text(docs), fields: fields)
    }

    private func text(_ documentation: Documentation?) -> String? {
        documentation.flatMap { $0.text.isEmpty ? nil : $0.text }
    }

    private func field(_ name: String, _ field: APIQuery) -> SchemaField {
        let docs = field.query.documentation
        var arguments = field.arguments.compactMap { argument -> InputValue? in
            guard let type = NestedTypes.input(argument.type) else { return nil }
            let text = docs?.arguments.first {
                $0.name.lowercased() == argument.name.lowercased()
            }
            return InputValue(
                argument.name, argument.isRequired ? .nonNull(type.nullable) : type.nullable,
                description: text?.text)
        }
        let object = TypeReference.named(field.type)
        guard let limit = field.defaultLimit else {
            return SchemaField(name, object, arguments: arguments, description: text(docs))
        }
        let origin = GraphQLLocation(line: 1, column: 1)
        arguments.append(
            InputValue("limit", .named("Int"), defaultValue: .int(String(limit), origin)))
        arguments.append(InputValue("offset", .named("Int"), defaultValue: .int("0", origin)))
        let type =
            field.isPage
            ? TypeReference.nonNull(.named(PageTypes.name(of: field.type)))
            : .list(.nonNull(object))
        return SchemaField(name, type, arguments: arguments, description: text(docs))
    }
}
