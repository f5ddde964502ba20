// All texts of a project, so that one offset names a file and a place in it.

/// The texts of a project in the order they were read; spans are offsets into all of them.
package struct SourceMap: Sendable {
    package private(set) var texts: [SourceText]
    /// The number of the script that the project begins with.
    private var mainIndex = 0

    /// A project of one script.
    package init(_ text: SourceText) { texts = [text] }

    package init() { texts = [] }

    /// The script that the project begins with.
    package var main: SourceText {
        texts.indices.contains(mainIndex) ? texts[mainIndex] : SourceText(name: "", bytes: [])
    }

    /// Makes the last text the script that the project begins with.
    package mutating func markMain() { mainIndex = texts.count - 1 }

    /// Adds a file.
    package mutating func add(name: String, bytes: [UInt8]) -> SourceText {
        let text = SourceText(name: name, bytes: bytes, base: nextBase)
        texts.append(text)
        return text
    }

    /// Adds a script that is a template.
    ///
    /// - Returns: what was made of it, and what was wrong with the template.
    package mutating func add(
        name: String, template: [UInt8], values: [String: TemplateValue]
    ) -> (text: SourceText, diagnostics: [Diagnostic]) {
        let expansion = Template.expand(template, values: values)
        let text = SourceText(
            name: name, template: template, expansion: expansion, base: nextBase)
        texts.append(text)
        return (text, expansion.diagnostics.map { $0.moved(by: text.base) })
    }

    /// Offsets of two texts never touch: a span at the end of one is not in the next.
    private var nextBase: Int { texts.last.map { $0.end + 1 } ?? 0 }

    /// The file that an offset is in.
    package func text(at offset: Int) -> SourceText {
        var low = 0
        var high = texts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if texts[middle].base <= offset { low = middle } else { high = middle - 1 }
        }
        return texts.indices.contains(low) ? texts[low] : main
    }

    /// The text under a span.
    package func text(_ span: Span) -> String { text(at: span.start).text(span) }
}
