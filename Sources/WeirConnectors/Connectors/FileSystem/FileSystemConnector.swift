// The connector `filesystem`: files and folders of files (Flink: connectors/table/filesystem).

import Foundation
import WeirPlanner
import WeirRuntime

enum FileSystemConnector {
    static let connector = Connector(
        description: ConnectorDescription(
            name: "filesystem",
            documentation:
                "Reads a file, or all files of a folder in the order of their names, plain or gzip;"
                + " writes a file.",
            isSource: true, isSink: true, acceptsUpdates: false, needsFormat: true,
            options: [
                OptionDescription(
                    "path", .path, isRequired: true,
                    "the file or folder, from the folder of the script on"),
                OptionDescription(
                    "scan.columns", .choice(["read", "all"]),
                    "whether only the columns that the script reads are converted and checked, or"
                        + " all; read by default"),
            ], metadata: FileMetadata.columns),
        makeReader: { plan, position, context in
            let path = resolve(plan.options["path"] ?? "", context)
            guard let format = FormatRegistry.format(named: plan.format) else {
                throw ConnectorError("there is no format \(plan.format ?? "")")
            }
            return try FileSource(
                name: plan.name, files: try files(at: path),
                makeDecoder: { format.makeDecoder(plan) },
                metadata: plan.metadata.filter { !plan.unread.contains($0.key) },
                position: position, context: context)
        },
        makeWriter: { plan, committed, context in
            guard let format = FormatRegistry.format(named: plan.format) else {
                throw ConnectorError("there is no format \(plan.format ?? "")")
            }
            return try FileSink(
                path: resolve(plan.options["path"] ?? "", context),
                encoder: format.makeEncoder(plan), committed: committed)
        })

    static func resolve(_ path: String, _ context: ConnectorContext) -> String {
        let plain = path.hasPrefix("file://") ? String(path.dropFirst(7)) : path
        return plain.hasPrefix("/") ? plain : context.baseDirectory + "/" + plain
    }

    /// The files of a source, in order; hidden ones are left out, as in Flink.
    private static func files(at path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ConnectorError("there is no file \(path)")
        }
        guard isFolder.boolValue else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ConnectorError("cannot list \(path): \(error.localizedDescription)")
        }
        let files = names.filter { !$0.hasPrefix(".") && !$0.hasPrefix("_") }.sorted().map {
            path + "/" + $0
        }
        guard !files.isEmpty else { throw ConnectorError("there are no files in \(path)") }
        return files
    }
}
