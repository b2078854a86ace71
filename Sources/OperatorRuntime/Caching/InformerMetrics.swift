import CoreMetrics
import KubernetesClient
import Metrics

/// Metrics of an informer. Those of one resource are told apart by what they select, or their gauges would overwrite each other; labels that
/// say nothing are left out.
struct InformerMetrics: Sendable {
    private let labels: [(String, String)]
    private let factory: any MetricsFactory
    private let objects: Gauge
    private let lists: Counter
    private let watches: Counter
    private let events: Counter
    private let undecodable: Counter
    private let contact: Gauge

    /// - Parameters:
    ///   - namespace: `nil` for all.
    ///   - selector: labels and fields that objects must have; empty for all objects.
    ///   - name: what tells it apart from others of the same selection.
    init(resource: String, namespace: String? = nil, selector: String = "", name: String? = nil, factory: any MetricsFactory) {
        var labels = [("resource", resource)]
        if let namespace { labels.append(("namespace", namespace)) }
        if !selector.isEmpty { labels.append(("selector", selector)) }
        if let name { labels.append(("name", name)) }
        self.labels = labels
        self.factory = factory
        objects = Gauge(label: "informer_store_objects", dimensions: labels, factory: factory)
        lists = Counter(label: "reflector_lists_total", dimensions: labels, factory: factory)
        watches = Counter(label: "reflector_watches_total", dimensions: labels, factory: factory)
        events = Counter(label: "reflector_events_total", dimensions: labels, factory: factory)
        contact = Gauge(label: "informer_last_contact_age_seconds", dimensions: labels, factory: factory)
        undecodable = Counter(label: "reflector_undecodable_objects_total", dimensions: labels, factory: factory)
    }

    func stored(_ count: Int) { objects.record(count) }
    func contacted(ago age: Duration) { contact.record(age.inSeconds) }
    func listed() { lists.increment() }
    func watched() { watches.increment() }
    func event() { events.increment() }
    func couldNotDecode() { undecodable.increment() }

    func failed(_ failure: ReflectorFailure) {
        Counter(label: "reflector_failures_total", dimensions: [("cause", failure.label)] + labels, factory: factory).increment()
    }
}
