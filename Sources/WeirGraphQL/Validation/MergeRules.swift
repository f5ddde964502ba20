// Whether fields with the same name in a response are the same (GraphQL specification, 5.3.2).
//
// Fields are compared group by group, as Simon Adameit describes it ("Checking the overlapping
// fields rule in linear time", XING Engineering, 2019), so that many fields cost little.

/// A field with the type that it was selected on.
private struct PlacedField {
    let field: FieldSelection
    let parent: SchemaType
    let definition: SchemaField?
}

struct MergeRules {
    private let context: ValidationContext
    /// Fields that may still be looked at: fragments in many places multiply.
    private var budget = 100_000

    static func check(_ context: ValidationContext) {
        var rules = MergeRules(context: context)
        for operation in context.document.operations {
            guard let root = context.schema.rootType(operation.kind) else { continue }
            var fields: [PlacedField] = []
            var visited: Set<String> = []
            rules.collect(operation.selections, root, &fields, &visited)
            rules.checkShapes(fields)
            if context.errors.isEmpty { rules.checkSame(fields) }
            if rules.budget < 0 {
                context.refuse("The operation is too complex to be checked.", operation.location)
            }
        }
    }

    private init(context: ValidationContext) { self.context = context }

    private mutating func collect(
        _ selections: [Selection], _ type: SchemaType, _ fields: inout [PlacedField],
        _ visited: inout Set<String>
    ) {
        budget -= selections.count
        if budget < 0 { return }
        for selection in selections {
            switch selection {
            case .field(let field):
                fields.append(
                    PlacedField(
                        field: field, parent: type,
                        definition: context.schema.field(field.name, of: type)))
            case .inline(let inner):
                let inside = inner.typeCondition.flatMap { context.schema.types[$0] } ?? type
                collect(inner.selections, inside, &fields, &visited)
            case .spread(let spread):
                guard let fragment = context.fragments[spread.name],
                    let inside = context.schema.types[fragment.typeCondition],
                    visited.insert(spread.name).inserted
                else { continue }
                collect(fragment.selections, inside, &fields, &visited)
            }
        }
    }

    /// The fields below some fields, together.
    private mutating func children(_ fields: [PlacedField]) -> [PlacedField] {
        var result: [PlacedField] = []
        var visited: Set<String> = []
        for placed in fields {
            guard let name = placed.definition?.type.name, let type = context.schema.types[name]
            else { continue }
            collect(placed.field.selections, type, &result, &visited)
        }
        return result
    }

    private func groups(
        _ fields: [PlacedField], by name: (PlacedField) -> String
    ) -> [[PlacedField]] {
        var numbers: [String: Int] = [:]
        var groups: [[PlacedField]] = []
        for field in fields {
            let key = name(field)
            if let number = numbers[key] {
                groups[number].append(field)
            } else {
                numbers[key] = groups.count
                groups.append([field])
            }
        }
        return groups
    }

    /// SameResponseShape: whoever reads the response can tell what stands under a name.
    private mutating func checkShapes(_ fields: [PlacedField]) {
        for group in groups(fields, by: \.field.responseKey) where budget >= 0 {
            guard let first = group.first else { continue }
            for other in group.dropFirst() {
                guard let type = first.definition?.type, let second = other.definition?.type,
                    !haveSameShape(type, second)
                else { continue }
                conflict(
                    first, other,
                    "they return conflicting types \"\(type.text)\" and \"\(second.text)\"")
            }
            let inner = children(group)
            if !inner.isEmpty { checkShapes(inner) }
        }
    }

    private func haveSameShape(_ type: TypeReference, _ other: TypeReference) -> Bool {
        switch (type, other) {
        case (.nonNull(let type), .nonNull(let other)), (.list(let type), .list(let other)):
            return haveSameShape(type, other)
        case (.named(let name), .named(let second)):
            let isComposite = context.schema.types[name]?.isComposite == true
            let isOther = context.schema.types[second]?.isComposite == true
            return isComposite || isOther ? isComposite && isOther : name == second
        default: return false
        }
    }

    /// FieldsInSetCanMerge: fields of what may be the same object are the same field.
    private mutating func checkSame(_ fields: [PlacedField]) {
        for group in groups(fields, by: \.field.responseKey) where budget >= 0 {
            let abstract = group.filter { !$0.parent.isObject }
            let byParent = groups(group.filter(\.parent.isObject), by: \.parent.name)
            for part in byParent.isEmpty ? [abstract] : byParent.map({ $0 + abstract }) {
                guard let first = part.first else { continue }
                for other in part.dropFirst() { compare(first, other) }
                let inner = children(part)
                if !inner.isEmpty { checkSame(inner) }
            }
        }
    }

    private func compare(_ first: PlacedField, _ other: PlacedField) {
        if first.field.name != other.field.name {
            conflict(
                first, other,
                "\"\(first.field.name)\" and \"\(other.field.name)\" are different fields")
        } else if !areSame(first.field.arguments, other.field.arguments) {
            conflict(first, other, "they have differing arguments")
        }
    }

    private func areSame(_ first: [Argument], _ other: [Argument]) -> Bool {
        func texts(_ arguments: [Argument]) -> [String: String] {
            Dictionary(
                arguments.map { ($0.name, $0.value.canonicalText) },
                uniquingKeysWith: { first, _ in first })
        }
        return texts(first) == texts(other)
    }

    private func conflict(_ first: PlacedField, _ other: PlacedField, _ reason: String) {
        context.refuse(
            "Fields \"\(first.field.responseKey)\" conflict because \(reason). Use different aliases"
                + " on the fields to fetch both if this was intentional.", first.field.location,
            other.field.location)
    }
}
