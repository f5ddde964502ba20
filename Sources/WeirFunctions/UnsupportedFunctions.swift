// Functions of Flink and SQRL that Weir knows by name and does not have.

package enum UnsupportedFunctions {
    /// Whether a name is such a function, and not a mistake.
    package static func contains(_ name: String) -> Bool { names.contains(name.uppercased()) }

    private static let names: Set<String> = [
        // Flink 2.3
        "COLLECT", "JSON_OBJECTAGG", "PERCENTILE", "APPROX_COUNT_DISTINCT", "CUME_DIST",
        "DENSE_RANK", "NTILE", "PERCENT_RANK", "PROCTIME", "SOURCE_WATERMARK", "CURRENT_WATERMARK",
        "LOCALTIME", "CURRENT_TIME", "CURRENT_ROW_TIMESTAMP", "TYPEOF", "PARSE_JSON",
        "TRY_PARSE_JSON", "GROUPING", "GROUPING_ID", "GROUP_ID", "CURRENT_DATABASE",
        "ML_PREDICT", "OBJECT_OF", "OBJECT_UPDATE", "TUMBLE_START", "TUMBLE_END", "TUMBLE_ROWTIME",
        "TUMBLE_PROCTIME",
        "HOP_START", "HOP_END", "HOP_ROWTIME", "SESSION_START", "SESSION_END", "SESSION_ROWTIME",
        // SQRL
        "TO_JSONB", "JSONB_TO_STRING", "JSONB_OBJECT", "JSONB_ARRAY", "JSONB_EXTRACT",
        "JSONB_QUERY", "JSONB_EXISTS", "JSONB_CONCAT", "JSONB_ARRAY_AGG", "JSONB_OBJECT_AGG",
        "COSINE_SIMILARITY", "COSINE_DISTANCE", "EUCLIDEAN_DISTANCE", "DOUBLE_TO_VECTOR",
        "VECTOR_TO_DOUBLE", "CENTER", "TEXT_SEARCH", "HASH_COLUMNS", "SERIALIZE_TO_BYTES", "NOOP",
        "COMPLETIONS", "EXTRACT_JSON", "VECTOR_EMBED",
    ]
}
