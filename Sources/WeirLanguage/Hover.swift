// What a name means: functions, tables, columns, hints.

import WeirColumnar
import WeirFunctions
import WeirPlanner
import WeirSQL

enum Hover {
    /// Markdown about the token at a place; nil when there is nothing to say.
    static func text(_ compilation: Compilation, _ context: CursorContext) -> String? {
        guard let token = context.token, [.word, .quotedIdentifier].contains(token.kind) else {
            return nil
        }
        if let symbol = symbol(compilation, context) { return text(symbol, compilation) }
        if let function = FunctionRegistry.scalar(named: token.text) {
            let examples = function.examples.map { "    \($0.sql)  →  \($0.result)" }
            return "**\(function.usage)**\n\n\(function.documentation)\n\n"
                + examples.joined(separator: "\n")
        }
        if let function = FunctionRegistry.aggregate(named: token.text) {
            return "**\(function.usage)**\n\n\(function.documentation)"
        }
        if let function = SyntaxFunction.named(token.text) {
            return "**\(function.usage)**\n\n\(function.documentation)"
        }
        let words = Set(context.statement.map { $0.text.lowercased() })
        for symbol in compilation.symbols where words.contains(symbol.name.lowercased()) {
            let column = symbol.columns.first { $0.name.lowercased() == token.text.lowercased() }
            if let column { return "**\(symbol.name).\(column.name)** \(column.type)" }
        }
        return nil
    }

    /// The table or function that the token names.
    static func symbol(_ compilation: Compilation, _ context: CursorContext) -> ScriptSymbol? {
        guard let token = context.token else { return nil }
        let qualified = context.qualifier.map { "\($0).\(token.text)" }
        let wanted = [qualified, token.text].compactMap { $0?.lowercased() }
        return wanted.lazy.compactMap { name in
            compilation.symbols.first { $0.name.lowercased() == name }
        }.first
    }

    private static func text(_ symbol: ScriptSymbol, _ compilation: Compilation) -> String {
        let definition = compilation.definitions.first { $0.name == symbol.name }
        var lines = ["**\(symbol.name)** (\(symbol.kind.rawValue))", ""]
        lines += symbol.arguments.map { "    :\($0.name) \($0.type)" }
        lines += symbol.columns.map { "    \($0.name) \($0.type)" }
        if let assignment = definition?.assignment {
            lines += ["", "Computed in the \(assignment.stage.rawValue): \(assignment.reason)."]
        }
        return lines.joined(separator: "\n")
    }
}
