// What a stage does, as a text that two versions of a script can be compared by: a store goes on with
// a changed script only when each stage that it knows does the same as before.

import WeirPlanner
import WeirSQL
import WeirStore

enum PlanPrint {
    /// One text for each stage of a plan, without places in the script and documentation.
    static func stages(_ plan: StreamPlan) -> [StagePrint] {
        plan.stages.map { stage in
            var text = ""
            if case .store(let table) = stage.node {
                // Order and limit belong to the view that is made anew.
                write(
                    [
                        table.name, table.columns, table.key, table.mode, table.hidesLast,
                        table.hasEncodedKey, table.keepsLast as Any,
                        plan.indexes.contains { $0.kind == .text && $0.table == table.name },
                    ] as [Any], &text)
            } else {
                write(stage.node, &text)
            }
            text += "\n"
            write(stage.relation, &text)
            text += "\nunread \(stage.unread.sorted())"
            var source: String?
            if case .source(let plan) = stage.node { source = plan.name }
            return StagePrint(
                name: stage.name, inputs: stage.inputs.map { plan.stages[$0].name },
                source: source, text: text)
        }
    }

    /// Every stored property, in order. Sets and dictionaries are sorted; what has an identity of its
    /// own is never the same as another.
    private static func write(_ value: Any, _ text: inout String) {
        switch value {
        case is Span, is Documentation: return
        case let string as String: text += "\"\(string)\""
        default:
            let mirror = Mirror(reflecting: value)
            guard !mirror.children.isEmpty else {
                text += leaf(value, mirror)
                return
            }
            text += mirror.displayStyle == .enum ? "." : "\(type(of: value))"
            switch mirror.displayStyle {
            case .set, .dictionary:
                let items = mirror.children.map { child in
                    var item = ""
                    write(child.value, &item)
                    return item
                }
                text += "{\(items.sorted().joined(separator: ","))}"
            default:
                text += "("
                for child in mirror.children {
                    text += "\(child.label ?? ""):"
                    write(child.value, &text)
                    text += ","
                }
                text += ")"
            }
        }
    }

    private static func leaf(_ value: Any, _ mirror: Mirror) -> String {
        if mirror.displayStyle == .class {
            return "object \(UInt(bitPattern: ObjectIdentifier(value as AnyObject)))"
        }
        // A closure; the function that it belongs to is named beside it.
        let type = "\(mirror.subjectType)"
        return type.contains("->") ? "function" : "\(value)"
    }
}
