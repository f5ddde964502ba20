// LIKE: % is any text, _ one character.

import WeirColumnar

/// A parsed LIKE pattern.
struct LikePattern {
    private enum Part: Equatable {
        case character(Unicode.Scalar)
        case one
        case any
    }

    private let parts: [Part]

    init(_ pattern: ArraySlice<UInt8>, escape: UInt8?) {
        var parts: [Part] = []
        var isEscaped = false
        let escapeScalar = escape.map { Unicode.Scalar($0) }
        for scalar in String(decoding: pattern, as: UTF8.self).unicodeScalars {
            if isEscaped {
                parts.append(.character(scalar))
                isEscaped = false
            } else if scalar == escapeScalar {
                isEscaped = true
            } else if scalar == "%" {
                if parts.last != .any { parts.append(.any) }
            } else {
                parts.append(scalar == "_" ? .one : .character(scalar))
            }
        }
        self.parts = parts
    }

    /// Greedy match with one point of return: linear for patterns without `%`, at worst the
    /// product of the lengths.
    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        var textIndex = 0
        var partIndex = 0
        var backtrack: (part: Int, text: Int)?
        while textIndex < scalars.count {
            if partIndex < parts.count {
                switch parts[partIndex] {
                case .any:
                    backtrack = (partIndex, textIndex)
                    partIndex += 1
                    continue
                case .one:
                    partIndex += 1
                    textIndex += 1
                    continue
                case .character(let scalar):
                    if scalar == scalars[textIndex] {
                        partIndex += 1
                        textIndex += 1
                        continue
                    }
                }
            }
            guard let point = backtrack else { return false }
            partIndex = point.part + 1
            textIndex = point.text + 1
            backtrack = (point.part, textIndex)
        }
        while partIndex < parts.count, parts[partIndex] == .any { partIndex += 1 }
        return partIndex == parts.count
    }

    static func apply(
        _ text: Column, _ pattern: Column, escape: UInt8?, negated: Bool, count: Int
    ) -> Column {
        let texts = text.byteValues
        let patterns = pattern.byteValues
        var flags = [UInt8](repeating: 0, count: count)
        var last: (bytes: ArraySlice<UInt8>, pattern: LikePattern)?
        for row in 0..<count {
            let bytes = patterns[row]
            if last?.bytes != bytes { last = (bytes, LikePattern(bytes, escape: escape)) }
            let isMatch = last?.pattern.matches(texts[row]) ?? false
            flags[row] = isMatch != negated ? 1 : 0
        }
        return Column(.bool(flags), validity: strictValidity([text, pattern], count: count))
    }
}
