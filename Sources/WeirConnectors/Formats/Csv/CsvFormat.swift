// The format `csv` (Flink: connectors/table/formats/csv; RFC 4180).

import WeirPlanner
import WeirRuntime

/// The options of the format, decoded.
struct CsvOptions {
    let delimiter: UInt8
    /// 0 when quotes have no meaning.
    let quote: UInt8
    let nullLiteral: [UInt8]?
    let hasHeader: Bool

    init(_ options: [String: String]) {
        func byte(_ key: String, _ fallback: UInt8) -> UInt8 {
            guard let value = options[key] else { return fallback }
            return value == "\\t" ? 0x09 : value.utf8.first ?? fallback
        }
        func flag(_ key: String) -> Bool { options[key]?.lowercased() == "true" }
        delimiter = byte("csv.field-delimiter", 0x2C)
        quote = flag("csv.disable-quote-character") ? 0 : byte("csv.quote-character", 0x22)
        nullLiteral = options["csv.null-literal"].map { Array($0.utf8) }
        hasHeader = flag("csv.header")
    }
}

enum CsvFormat {
    static let format = Format(
        description: FormatDescription(
            name: "csv", documentation: "Comma-separated values, as in RFC 4180.",
            supportsNested: false,
            options: [
                OptionDescription(
                    "csv.header", .boolean,
                    "whether the first line names the fields; columns are then found by name and the"
                        + " file may have more of them"),
                OptionDescription(
                    "csv.field-delimiter", .character, "the character between fields, by default ,"),
                OptionDescription(
                    "csv.quote-character", .character, "the character around fields, by default \""),
                OptionDescription(
                    "csv.disable-quote-character", .boolean, "whether quotes are ordinary text"),
                OptionDescription(
                    "csv.null-literal", .text, "the text that stands for NULL, e.g. NA"),
            ]),
        makeDecoder: { CsvDecoder($0) },
        makeEncoder: { CsvEncoder($0) })
}
