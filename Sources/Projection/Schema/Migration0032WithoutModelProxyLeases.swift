extension ProjectionSchema {
    /// `background_leases` has taken the place of `model_proxy_leases`: no program since migration 31 uses it.
    static let withoutModelProxyLeases = """
        drop table model_proxy_leases;
        """
}
