UPDATE engines SET retired_at = ? WHERE retired_at IS NULL
