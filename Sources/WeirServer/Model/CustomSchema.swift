// A schema that the project brings, checked against what the script gives: fields may be left out,
// and lists, nullability and scalars may be others; nothing can be asked that no query answers.

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirSQL

/// Binds the fields of a schema to the queries behind the generated one.
struct CustomSchema {
    let base: APIModel
    let schema: GraphQLSchema
    /// Where fields are written, by `Type.field`.
    private var places: [String: GraphQLLocation] = [:]
    private var errors: [GraphQLError] = []
    private var objects: [String: APIObject] = [:]
    /// The generated type behind each object type.
    private var bound: [String: String] = [:]
    private var nested: [String: [String: DataType]] = [:]
    private var queries: [String: APIQuery] = [:]
    private var writes: [String: APIWrite] = [:]
    private var subscriptions: [String: APIQuery] = [:]

    /// - Throws: all mistakes, each with its place in the text.
    static func model(_ text: [UInt8], over base: APIModel) throws(GraphQLErrors) -> APIModel {
        let document: GraphQLDocument
        do throws(GraphQLError) {
            document = try GraphQLDocument.schema(text)
        } catch {
            throw GraphQLErrors(errors: [error])
        }
        // The scalars that every API has need not be declared.
        let declared = Set(document.types.map(\.name))
        let missing = ScalarTypes.declared.map(\.name).filter { !declared.contains($0) }
            .map { "\nscalar \($0)" }
        var schema = try GraphQLSchema.build(text + Array(missing.joined().utf8))
        ScalarTypes.addOperationDirective(to: &schema)
        var binder = CustomSchema(base, schema, document)
        binder.bindRoots()
        guard binder.errors.isEmpty else { throw GraphQLErrors(errors: binder.errors) }
        return APIModel(
            schema: schema, settings: base.settings, queries: binder.queries,
            writes: binder.writes, subscriptions: binder.subscriptions, objects: binder.objects,
            nested: binder.nested, problems: base.problems)
    }

    private init(_ base: APIModel, _ schema: GraphQLSchema, _ document: GraphQLDocument) {
        self.base = base
        self.schema = schema
        for definition in document.types {
            places[definition.name] = definition.location
            switch definition.kind {
            case .object(_, let fields), .interface(_, let fields):
                for field in fields { places["\(definition.name).\(field.name)"] = field.location }
            default: continue
            }
        }
    }

    mutating func refuse(_ message: String, _ type: String, _ field: String? = nil) {
        let place = field.flatMap { places["\(type).\($0)"] } ?? places[type]
        errors.append(
            GraphQLError(message, at: place.map { [$0] } ?? [], classification: "InvalidSchema"))
    }

    // MARK: Roots

    private mutating func bindRoots() {
        for field in schema.rootType(.query)?.fields ?? [] {
            guard let query = base.queries[field.name] else {
                unknown(field.name, "the script has no table or function", base.queries, .query)
                continue
            }
            queries[field.name] = bind(
                field, of: schema.queryType, query, base.schema.rootType(.query))
        }
        for field in schema.rootType(.subscription)?.fields ?? [] {
            guard let query = base.subscriptions[field.name] else {
                unknown(
                    field.name, "the script has no subscription", base.subscriptions, .subscription)
                continue
            }
            subscriptions[field.name] = bind(
                field, of: schema.subscriptionType ?? "", query,
                base.schema.rootType(.subscription))
        }
        for field in schema.rootType(.mutation)?.fields ?? [] { bindWrite(field) }
    }

    private mutating func unknown(
        _ name: String, _ what: String, _ known: [String: some Any], _ kind: OperationKind
    ) {
        let nearest = nearestName(to: name, among: Array(known.keys))
        refuse(
            "\(what) '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""),
            schema.rootType(kind)?.name ?? "", name)
    }

    private mutating func bind(
        _ field: SchemaField, of type: String, _ query: APIQuery, _ root: SchemaType?
    ) -> APIQuery? {
        let generated = root?.field(field.name)
        bindArguments(field, of: type, generated?.arguments ?? [])
        if let page = pageType(field, query) { return bindPage(field, page, query) }
        guard bindObject(field.type.name, query.type, at: (type, field.name)) else { return nil }
        var isList = false
        switch field.type.nullable {
        case .list(let inner):
            if case .list = inner.nullable {
                refuse("'\(field.name)' is a list of lists", type, field.name)
            }
            isList = true
        default: break
        }
        return APIQuery(
            query: query.query, type: field.type.name,
            defaultLimit: isList ? query.defaultLimit ?? 1 : nil, isList: isList,
            arguments: query.arguments)
    }

    /// Arguments may be left out unless they have to be given.
    private mutating func bindArguments(
        _ field: SchemaField, of type: String, _ generated: [InputValue]
    ) {
        for argument in field.arguments {
            guard let known = generated.first(where: { $0.name == argument.name }) else {
                let nearest = nearestName(to: argument.name, among: generated.map(\.name))
                refuse(
                    "'\(field.name)' has no argument '\(argument.name)'"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""), type, field.name)
                continue
            }
            if !takes(known.type, argument.type) {
                refuse(
                    "the argument '\(argument.name)' is \(known.type.text), not"
                        + " \(argument.type.text)", type, field.name)
            }
            if known.isRequired, !argument.type.isNonNull, argument.defaultValue == nil {
                refuse(
                    "the argument '\(argument.name)' has to be given: make it \(argument.type.text)!",
                    type, field.name)
            }
        }
        for known in generated where known.isRequired {
            if field.arguments.contains(where: { $0.name == known.name }) { continue }
            refuse("'\(field.name)' needs the argument '\(known.name)'", type, field.name)
        }
    }

    /// Whether values of a schema's type are values of the generated one.
    private func takes(_ own: TypeReference, _ given: TypeReference) -> Bool {
        switch (own.nullable, given.nullable) {
        case (.list(let own), .list(let given)): return takes(own, given)
        case (.named(let own), .named(let given)):
            if own == given { return true }
            switch (own, given) {
            case ("Long", "Int"), ("Float", "Int"), ("Float", "Long"): return true
            case ("String", "ID"), ("DateTime", "String"), ("Date", "String"),
                ("LocalTime", "String"):
                return true
            case ("String", _):
                if case .enumeration? = schema.types[given]?.kind { return true }
                return false
            default: return isSameInput(own, given)
            }
        default: return false
        }
    }

    /// Input types may have fewer fields.
    private func isSameInput(_ own: String, _ given: String) -> Bool {
        guard case .input(let known)? = base.schema.types[own]?.kind,
            case .input(let fields)? = schema.types[given]?.kind
        else { return false }
        let fits = fields.allSatisfy { field in
            known.contains { $0.name == field.name && takes($0.type, field.type) }
        }
        return fits
            && known.allSatisfy { field in
                !field.isRequired || fields.contains { $0.name == field.name && $0.isRequired }
            }
    }

    // MARK: Writes

    private mutating func bindWrite(_ field: SchemaField) {
        let root = schema.mutationType ?? ""
        guard let write = base.writes[field.name],
            let generated = base.schema.rootType(.mutation)?.field(field.name)
        else { return unknown(field.name, "no table takes rows of", base.writes, .mutation) }
        guard field.arguments.count == 1, let argument = field.arguments.first,
            let known = generated.arguments.first
        else { return refuse("'\(field.name)' has one argument, the rows", root, field.name) }
        guard takes(known.type, argument.type), argument.type.isNonNull else {
            return refuse(
                "the rows of '\(field.name)' are \(known.type.text), which \(argument.type.text) does"
                    + " not fit", root, field.name)
        }
        let isList = if case .list = field.type.nullable { true } else { false }
        guard isList == (write.plan.arity != .single) else {
            return refuse(
                "'\(field.name)' gives \(generated.type.text)", root, field.name)
        }
        guard bindObject(field.type.name, write.type, at: (root, field.name)) else { return }
        writes[field.name] = APIWrite(
            plan: write.plan, type: field.type.name, argument: argument.name)
    }

    // MARK: Objects

    /// Binds an object type to a generated one.
    mutating func bindObject(
        _ name: String, _ own: String, at place: (type: String, field: String)
    ) -> Bool {
        if let known = bound[name] {
            // Another table's rows have other relationships.
            let hasOwn = schema.types[name]?.fields.contains {
                base.objects[known]?.relationships[$0.name] != nil
            }
            if known == own
                || (base.objects[known]?.columns == base.objects[own]?.columns && hasOwn == false)
            {
                return true
            }
            refuse(
                "'\(name)' cannot be the type of rows of both \(known) and \(own)", place.type,
                place.field)
            return false
        }
        guard let type = schema.types[name], type.isObject, let object = base.objects[own],
            let generated = base.schema.types[own]
        else {
            refuse(
                "'\(place.field)' gives rows: \(name) is no object type", place.type, place.field)
            return false
        }
        bound[name] = own
        var made = APIObject(name: name, columns: object.columns)
        objects[name] = made
        for field in type.fields {
            if let number = object.columnNumbers[field.name] {
                made.columnNumbers[field.name] = number
                checkColumn(field, object.columns[number].type, of: name)
                if !field.arguments.isEmpty {
                    refuse("'\(field.name)' is a column and has no arguments", name, field.name)
                }
            } else if let query = object.relationships[field.name] {
                made.relationships[field.name] = bind(field, of: name, query, generated)
            } else {
                let nearest = nearestName(to: field.name, among: generated.fields.map(\.name))
                refuse(
                    "'\(own)' has no column or relationship '\(field.name)'"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""), name, field.name)
            }
        }
        objects[name] = made
        return true
    }

    private mutating func checkColumn(_ field: SchemaField, _ type: DataType, of object: String) {
        if !fits(field.type, type) {
            refuse(
                "the column '\(field.name)' is \(type), which \(field.type.text) cannot show",
                object,
                field.name)
        }
    }

    private mutating func fits(_ shown: TypeReference, _ type: DataType) -> Bool {
        switch (shown.nullable, type.kind) {
        case (.list(let inner), .array(let element)), (.list(let inner), .multiset(let element)):
            return fits(inner, element)
        case (.named(let name), .row(let members)):
            guard let target = schema.types[name], target.isObject else { return false }
            nested[name] = Dictionary(members.map { ($0.name, $0.type) }) { first, _ in first }
            return target.fields.allSatisfy { field in
                members.first { $0.name == field.name }.map { fits(field.type, $0.type) } ?? false
            }
        case (.named(let name), let kind):
            guard let target = schema.types[name] else { return false }
            return ScalarNarrowing.between(kind, target) != nil
        default: return false
        }
    }
}
