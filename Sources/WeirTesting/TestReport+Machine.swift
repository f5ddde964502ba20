// A test run for other programs: JSON, and the XML that CI servers read.

package import WeirColumnar

extension TestSummary {
    /// An object with all tests.
    package var json: JsonValue {
        .object([
            JsonMember("tests", .number(String(results.count))),
            JsonMember("failures", .number(String(failures))),
            JsonMember("rejected_rows", .number(String(rejects))),
            JsonMember("seconds", .number("\(seconds)")),
            JsonMember("unused_snapshots", .array(strayed.map(JsonValue.string))),
            JsonMember("results", .array(results.map(\.json))),
        ])
    }

    /// The report as JUnit's XML, which has no standard; this is what Jenkins, GitLab and GitHub's
    /// actions read.
    ///
    /// - Parameter suite: the name of the project.
    package func junit(suite: String) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text +=
            "<testsuite name=\"\(Self.escaped(suite))\" tests=\"\(results.count)\""
            + " failures=\"\(failures)\" errors=\"0\" time=\"\(seconds)\">\n"
        for result in results {
            text +=
                "  <testcase classname=\"\(Self.escaped(suite)).\(result.test.kind.word)\""
                + " name=\"\(Self.escaped(result.test.name))\" time=\"\(result.seconds)\""
            guard case .failed(let message, let differences) = result.outcome else {
                text += "/>\n"
                continue
            }
            let lines = differences.map { Self.escaped($0.line) }.joined(separator: "\n")
            text +=
                ">\n    <failure message=\"\(Self.escaped(message))\">\(lines)</failure>\n"
                + "  </testcase>\n"
        }
        return text + "</testsuite>\n"
    }

    /// Text of XML 1.0, which has no control characters.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            default:
                let isControl =
                    scalar.value < 0x20 || scalar.value == 0xFFFE
                    || scalar.value == 0xFFFF
                result.unicodeScalars.append(isControl ? "?" : scalar)
            }
        }
        return result
    }
}

extension TestResult {
    fileprivate var json: JsonValue {
        var members = [
            JsonMember("name", .string(test.name)), JsonMember("kind", .string(test.kind.word)),
            JsonMember("seconds", .number("\(seconds)")),
        ]
        switch outcome {
        case .passed: members.append(JsonMember("outcome", .string("passed")))
        case .written: members.append(JsonMember("outcome", .string("written")))
        case .failed(let message, let differences):
            members += [
                JsonMember("outcome", .string("failed")), JsonMember("message", .string(message)),
                JsonMember("differences", .array(differences.map(\.json))),
            ]
        }
        return .object(members)
    }
}

extension JsonDifference {
    fileprivate var json: JsonValue {
        var members = [
            JsonMember("kind", .string(kind.rawValue)), JsonMember("path", .string(path)),
        ]
        if let row { members.append(JsonMember("row", .number(String(row)))) }
        if !column.isEmpty { members.append(JsonMember("column", .string(column))) }
        if let expected { members.append(JsonMember("expected", expected)) }
        if let actual { members.append(JsonMember("actual", actual)) }
        return .object(members)
    }

    /// `data.Customer[3].name: "a" instead of "b"`
    fileprivate var line: String {
        let place = path + (row.map { "[\($0)]" } ?? "") + (column.isEmpty ? "" : ".\(column)")
        return switch kind {
        case .changed:
            "\(place): \(JsonLayout.short(actual)) instead of \(JsonLayout.short(expected))"
        case .missing: "\(place) is missing: \(JsonLayout.short(expected))"
        case .unexpected: "\(place) is not expected: \(JsonLayout.short(actual))"
        case .moved: "\(place) is at another place: [\(JsonLayout.short(expected))]"
        }
    }
}
