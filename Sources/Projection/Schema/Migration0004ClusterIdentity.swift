extension ProjectionSchema {
    /// Which cluster a row is of: the uid of its namespace `kube-system`, empty when that is not known. Versions of two clusters cannot be
    /// compared.
    static let clusterIdentity = """
        alter table tenants add column cluster_uid text not null default '';
        alter table access_policies add column cluster_uid text not null default '';
        alter table cluster_tenants add column cluster_uid text not null default '';
        """
}
