import Hummingbird

/// What a request's connection tells besides the request.
public struct OperationRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Address of the connection's other end, without its port; nil when it has none.
    let remoteAddress: String?

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}
