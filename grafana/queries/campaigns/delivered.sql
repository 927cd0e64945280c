select sum(delivered) as "value" from campaign_metrics where client in (${client:sqlstring}) and $__timeFilter(sent_day)
