// Options of every source about its watermarks (Flink: sql/create, "Configure watermark ...").

/// Flink's names.
enum WatermarkOption: String, CaseIterable {
    case idleTimeout = "scan.watermark.idle-timeout"
    case alignmentGroup = "scan.watermark.alignment.group"
    case alignmentDrift = "scan.watermark.alignment.max-drift"
    case alignmentInterval = "scan.watermark.alignment.update-interval"
    case emitStrategy = "scan.watermark.emit.strategy"
    case emitGap = "scan.watermark.emit.on-event.gap"

    static var descriptions: [OptionDescription] { allCases.map(\.description) }

    private var description: OptionDescription {
        switch self {
        case .idleTimeout:
            OptionDescription(
                rawValue, .duration,
                "how long the source gives no rows until time goes on without it; 0 is for ever")
        case .alignmentGroup:
            OptionDescription(
                rawValue, .text,
                "sources that are read together; in Weir all are, whatever their group")
        case .alignmentDrift:
            OptionDescription(
                rawValue, .duration,
                "how far a source may be ahead; Weir always reads the one that is behind")
        case .alignmentInterval:
            OptionDescription(
                rawValue, .duration, "how often sources are compared; Weir does with every read")
        case .emitStrategy:
            OptionDescription(
                rawValue, .choice(["on-periodic", "on-event"]),
                "when watermarks are sent; in Weir each row sees the one of the rows before it")
        case .emitGap:
            OptionDescription(
                rawValue, .choice(["1"]), "after how many rows a watermark is sent; 1 in Weir")
        }
    }
}

extension SourcePlan {
    /// How long the source gives no rows until time goes on without it (µs); 0 is for ever, nil
    /// when the table does not say.
    package var idleTimeout: Int64? {
        options[WatermarkOption.idleTimeout.rawValue].flatMap(DurationSetting.micros)
    }
}
