// The page at `/`: one text with its style and its scripts in it, so that it needs nothing else.

import Foundation

enum ExplorerPage {
    /// In the order in which they read each other.
    private static let scripts: [[UInt8]] = [
        PackageResources.core_js, PackageResources.schema_js, PackageResources.complete_js,
        PackageResources.graphql_js, PackageResources.rest_js, PackageResources.live_js,
        PackageResources.pipeline_js, PackageResources.metrics_js, PackageResources.start_js,
    ]

    static let bytes: [UInt8] = {
        let page = String(decoding: PackageResources.page_html, as: UTF8.self)
        let style = String(decoding: PackageResources.style_css, as: UTF8.self)
        let script = scripts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        return Array(
            page.replacing("/*STYLE*/", with: style, maxReplacements: 1)
                .replacing("/*SCRIPT*/", with: script, maxReplacements: 1).utf8)
    }()

    /// Nothing from elsewhere, nothing to elsewhere.
    static let policy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
        + " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
        + " frame-ancestors 'none'"
}
