SELECT indicator_key, breakdown_key, area_key, period_key, value, lower, upper, status, reason_key,
       estimated_share, provisional, base, base_figure, base_year, per,
       rate, rate_lower, rate_upper, no_rate_key
FROM {table}
WHERE {where}
