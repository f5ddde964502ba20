// Functions of Flink and SQRL that Weir knows by name and does not have.

package enum UnsupportedFunctions {
    /// Whether a name is such a function, and not a mistake.
    package static func contains(_ name: String) -> Bool { names.contains(name.uppercased()) }

    private static let names: Set<String> = [
        // Flink 2.3
        "APPROX_COUNT_DISTINCT", "SOURCE_WATERMARK", "CURRENT_WATERMARK", "PARSE_JSON",
        "TRY_PARSE_JSON", "GROUP_ID", "ML_PREDICT", "OBJECT_OF", "OBJECT_UPDATE",
        // SQRL
        "SERIALIZE_TO_BYTES", "NOOP", "COMPLETIONS", "EXTRACT_JSON", "VECTOR_EMBED",
    ]
}
