select count(*) as "clients" from clients where client in (${client:sqlstring})
