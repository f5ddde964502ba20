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
            var options: [String: String] = [:]
            switch stage.node {
            case .source(let source):
                options = source.options
                write(source.with(options: [:]), &text)
            case .sink(let sink):
                options = sink.options
                write(
                    [sink.name, sink.connector, sink.format as Any, sink.columns] as [Any], &text)
            case .store(let table):
                // Order and limit belong to the view that is made anew.
                write(
                    [
                        table.name, table.columns, table.key, table.mode, table.hidesLast,
                        table.hasEncodedKey, table.keepsLast as Any,
                    ] as [Any], &text)
            default: write(stage.node, &text)
            }
            text += "\n"
            write(stage.relation, &text)
            text += "\nunread \(stage.unread.sorted())"
            let inputs = stage.inputs.map { plan.stages[$0].name }
            text += "\nreads "
            write(inputs, &text)
            var source: String?
            if case .source(let plan) = stage.node { source = plan.name }
            var written = ""
            write(options, &written)
            return StagePrint(
                name: stage.name, inputs: inputs, source: source, text: text, options: written)
        }
    }

    /// Every stored property, in order. Sets and dictionaries are sorted.
    private static func write(_ value: Any, _ text: inout String) {
        switch value {
        case is Span, is Documentation: return
        // With its length, so that no text can look like the end of one and what follows it.
        case let string as String: text += "\(string.utf8.count)\"\(string)\""
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
        // A closure; the function that it belongs to is named beside it. An object without properties
        // is what its type is.
        let type = "\(mirror.subjectType)"
        if type.contains("->") { return "function" }
        return mirror.displayStyle == .class ? type : "\(value)"
    }
}
