extension ProjectionSchema {
    /// Keys for models and what was used with them belong to a tenant by its unique id: another one of the same name inherits nothing.
    ///
    /// Of what is there already, a tenant keeps what came after it.
    static let tenantSpend = """
        alter table model_keys add column tenant_uid text;
        update model_keys set tenant_uid = tenants.uid from tenants
            where tenants.name = model_keys.tenant and tenants.deleted_at is null and model_keys.issued_at >= tenants.created_at;
        create index model_keys_ended on model_keys (revoked_at) where revoked_at is not null;

        alter table token_usage add column tenant_uid text not null default '';
        update token_usage set tenant_uid = tenants.uid from tenants
            where tenants.name = token_usage.tenant and tenants.deleted_at is null
                and token_usage.day >= (tenants.created_at at time zone 'utc')::date;
        alter table token_usage drop constraint token_usage_pkey, add primary key (tenant, model, day, tenant_uid);
        """
}
