"""Partner deliveries: checked at the door, linked to the buurt, counted, forgotten."""
