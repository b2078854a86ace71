extension ProjectionSchema {
    /// Whose datasets are: the customer's by its unique id, empty for the platform's. What tenants of several customers have is the platform's.
    static let datasetOwners = """
        create table datasets (
            name text primary key,
            customer_uid text not null
        );
        create index datasets_of_customer on datasets (customer_uid);
        insert into datasets (name, customer_uid)
            select dataset, case when count(distinct owner) = 1 then min(owner) else '' end from (
                select membership.dataset, coalesce(cluster_tenants.uid, '') as owner
                from tenant_datasets membership join tenants on tenants.uid = membership.tenant_uid
                    left join cluster_tenants
                        on cluster_tenants.name = tenants.cluster_tenant_ref and cluster_tenants.deleted_at is null
                where membership.level <> 'org') known
            group by dataset;
        """
}
