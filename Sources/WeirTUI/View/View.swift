// `view(model) → cells`: the picture of a model. Pure.

package import WeirTerminal

/// Draws the whole screen.
package enum View {
    package static func render(_ model: Model) -> ScreenBuffer {
        var buffer = ScreenBuffer(
            width: model.width, height: model.height, style: model.theme[.text])
        Chrome.drawTop(model, &buffer)
        let body = Chrome.body(model)
        switch model.screen {
        case .flow: FlowView.draw(model, body, &buffer)
        case .sources: SourcesView.draw(model, body, &buffer)
        case .rejects: RejectsView.draw(model, body, &buffer)
        case .tail: TailView.draw(model, body, &buffer)
        case .query: QueryView.draw(model, body, &buffer)
        case .metrics: MetricsView.draw(model, body, &buffer)
        case .api: APIView.draw(model, body, &buffer)
        case .help: HelpView.draw(model, body, &buffer)
        }
        Chrome.drawBottom(model, &buffer)
        return buffer
    }
}
