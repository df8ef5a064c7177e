-- What a row may say. Comparing with infinity also refuses NaN, which Postgres sorts above it.

-- Slugs: small letters and digits, parted by single dots and hyphens.
CREATE FUNCTION is_slug(slug text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN slug ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' AND length(slug) <= 100;

CREATE FUNCTION is_sha256(hash text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash ~ '^[0-9a-f]{64}$';

CREATE FUNCTION is_finite(x double precision) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN x > '-Infinity' AND x < 'Infinity';

CREATE FUNCTION is_text(words text, most integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN words ~ '[^[:space:]]' AND length(words) <= most;

ALTER TABLE method
  ADD CONSTRAINT method_slug_form CHECK (is_slug(slug)),
  ADD CONSTRAINT method_name_text CHECK (is_text(name, 200)),
  ADD CONSTRAINT method_year_plausible CHECK (year BETWEEN 1950 AND 2100),
  ADD CONSTRAINT method_paper_url_form CHECK (paper_url ~ '^https?://[^[:space:]]+$' AND length(paper_url) <= 2000),
  ADD CONSTRAINT method_paper_title_text CHECK (is_text(paper_title, 500)),
  ADD CONSTRAINT method_bibtex_text CHECK (is_text(bibtex, 20000));

ALTER TABLE pretraining
  ADD CONSTRAINT pretraining_dataset_text CHECK (is_text(dataset, 200)),
  ADD CONSTRAINT pretraining_epochs_positive CHECK (epochs > 0 AND is_finite(epochs)),
  ADD CONSTRAINT pretraining_batch_size_positive CHECK (batch_size > 0);

ALTER TABLE checkpoint
  ADD CONSTRAINT checkpoint_name_text CHECK (is_text(name, 300)),
  ADD CONSTRAINT checkpoint_sha256_form CHECK (is_sha256(sha256)),
  ADD CONSTRAINT checkpoint_architecture_text CHECK (is_text(architecture, 200)),
  ADD CONSTRAINT checkpoint_feature_dimension_positive CHECK (feature_dimension > 0),
  ADD CONSTRAINT checkpoint_normalisation_channels CHECK (
    cardinality(input_mean) BETWEEN 1 AND 4 AND cardinality(input_mean) = cardinality(input_std)
    AND array_position(input_mean, NULL) IS NULL AND array_position(input_std, NULL) IS NULL),
  ADD CONSTRAINT checkpoint_input_mean_finite CHECK ('-Infinity' < ALL (input_mean) AND 'Infinity' > ALL (input_mean)),
  ADD CONSTRAINT checkpoint_input_std_positive CHECK (0 < ALL (input_std) AND 'Infinity' > ALL (input_std));

ALTER TABLE dataset
  ADD CONSTRAINT dataset_slug_form CHECK (is_slug(slug)),
  ADD CONSTRAINT dataset_title_text CHECK (is_text(title, 200)),
  ADD CONSTRAINT dataset_domain_text CHECK (is_text(domain, 100)),
  ADD CONSTRAINT dataset_sizes_positive CHECK (class_count > 0 AND train_size >= 0 AND val_size >= 0 AND test_size >= 0),
  ADD CONSTRAINT dataset_manifest_form CHECK (is_sha256(manifest));

ALTER TABLE setting
  ADD CONSTRAINT setting_slug_form CHECK (is_slug(slug)),
  ADD CONSTRAINT setting_title_text CHECK (is_text(title, 200));

ALTER TABLE metric
  ADD CONSTRAINT metric_slug_form CHECK (is_slug(slug)),
  ADD CONSTRAINT metric_title_text CHECK (is_text(title, 200)),
  ADD CONSTRAINT metric_unit_text CHECK (is_text(unit, 50)),
  ADD CONSTRAINT metric_bounds_ordered CHECK (lower < upper AND is_finite(lower) AND is_finite(upper)),
  ADD CONSTRAINT metric_digits_few CHECK (digits BETWEEN 0 AND 10);

ALTER TABLE measure
  ADD CONSTRAINT measure_slug_parts CHECK (slug = setting_slug || '/' || dataset_slug || '/' || metric_slug),
  ADD CONSTRAINT measure_title_text CHECK (is_text(title, 300));

ALTER TABLE suite
  ADD CONSTRAINT suite_slug_form CHECK (is_slug(slug)),
  ADD CONSTRAINT suite_title_text CHECK (is_text(title, 200)),
  ADD CONSTRAINT suite_description_text CHECK (is_text(description, 2000));

ALTER TABLE suite_measure ADD CONSTRAINT suite_measure_position_counts CHECK (position >= 0);

ALTER TABLE protocol
  ADD CONSTRAINT protocol_fingerprint_form CHECK (is_sha256(fingerprint)),
  ADD CONSTRAINT protocol_title_text CHECK (is_text(title, 300)),
  ADD CONSTRAINT protocol_body_object CHECK (jsonb_typeof(body) = 'object');

ALTER TABLE run
  ADD CONSTRAINT run_identity_form CHECK (is_sha256(identity)),
  ADD CONSTRAINT run_dataset_manifest_form CHECK (is_sha256(dataset_manifest)),
  ADD CONSTRAINT run_device_text CHECK (is_text(device, 300)),
  ADD CONSTRAINT run_versions_object CHECK (jsonb_typeof(versions) = 'object'),
  ADD CONSTRAINT run_times_ordered CHECK (finished_at >= started_at),
  ADD CONSTRAINT run_state_whole CHECK (CASE state
    WHEN 'QUEUED' THEN started_at IS NULL AND finished_at IS NULL AND failure IS NULL
    WHEN 'RUNNING' THEN started_at IS NOT NULL AND finished_at IS NULL AND failure IS NULL
    WHEN 'DONE' THEN started_at IS NOT NULL AND finished_at IS NOT NULL AND failure IS NULL AND record IS NOT NULL
    WHEN 'FAILED' THEN finished_at IS NOT NULL AND failure IS NOT NULL AND is_text(failure, 20000)
    WHEN 'CANCELLED' THEN finished_at IS NOT NULL
  END);

ALTER TABLE account ADD CONSTRAINT account_name_text CHECK (is_text(name, 100));

ALTER TABLE api_token
  ADD CONSTRAINT api_token_name_text CHECK (is_text(name, 100)),
  ADD CONSTRAINT api_token_hash_form CHECK (is_sha256(hash)),
  ADD CONSTRAINT api_token_scopes_some CHECK (cardinality(scopes) > 0 AND array_position(scopes, NULL) IS NULL),
  ADD CONSTRAINT api_token_expires_later CHECK (expires_at > created_at);

ALTER TABLE submission
  ADD CONSTRAINT submission_idempotency_key_text CHECK (is_text(idempotency_key, 200)),
  ADD CONSTRAINT submission_body_hash_form CHECK (is_sha256(body_hash)),
  ADD CONSTRAINT submission_body_object CHECK (jsonb_typeof(body) = 'object'),
  ADD CONSTRAINT submission_decision_whole CHECK (CASE status
    WHEN 'PENDING' THEN decided_at IS NULL AND decided_by_id IS NULL AND reason IS NULL
    WHEN 'ACCEPTED' THEN decided_at IS NOT NULL AND decided_by_id IS NOT NULL
    WHEN 'REJECTED' THEN decided_at IS NOT NULL AND decided_by_id IS NOT NULL AND reason IS NOT NULL AND is_text(reason, 5000)
    WHEN 'WITHDRAWN' THEN decided_at IS NOT NULL
  END),
  -- Nobody reviews their own.
  ADD CONSTRAINT submission_reviewer_other CHECK (status NOT IN ('ACCEPTED', 'REJECTED') OR decided_by_id <> account_id);

ALTER TABLE result
  ADD CONSTRAINT result_value_finite CHECK (is_finite(value)),
  ADD CONSTRAINT result_interval_contains_value CHECK (
    (interval_lower IS NULL AND interval_upper IS NULL)
    OR (interval_lower IS NOT NULL AND interval_upper IS NOT NULL
      AND is_finite(interval_lower) AND is_finite(interval_upper)
      AND interval_lower <= value AND value <= interval_upper)),
  ADD CONSTRAINT result_sample_size_positive CHECK (sample_size > 0),
  ADD CONSTRAINT result_source_text CHECK (is_text(source, 2000)),
  ADD CONSTRAINT result_supersedes_earlier CHECK (supersedes_id < id),
  ADD CONSTRAINT result_provenance_evidence CHECK (CASE provenance
    WHEN 'PUBLISHED' THEN run_id IS NULL AND submission_id IS NULL
    WHEN 'SELF_REPORTED' THEN run_id IS NULL AND submission_id IS NOT NULL
    WHEN 'REPRODUCED' THEN run_id IS NOT NULL AND submission_id IS NULL AND protocol_fingerprint IS NOT NULL
  END);

-- The same value is not recorded twice. A correction may repeat the keys of what it corrects.
CREATE UNIQUE INDEX result_published_once ON result (source, measure_id, checkpoint_id, protocol_fingerprint)
  NULLS NOT DISTINCT WHERE provenance = 'PUBLISHED' AND supersedes_id IS NULL;
CREATE UNIQUE INDEX result_run_once ON result (run_id, measure_id)
  WHERE run_id IS NOT NULL AND supersedes_id IS NULL;
CREATE UNIQUE INDEX result_submission_once ON result (submission_id, measure_id, checkpoint_id, protocol_fingerprint)
  NULLS NOT DISTINCT WHERE submission_id IS NOT NULL AND supersedes_id IS NULL;

-- What was corrected, small enough to be hashed whole when a board leaves it out.
CREATE UNIQUE INDEX result_corrections ON result (supersedes_id, recorded_at) WHERE supersedes_id IS NOT NULL;

ALTER TABLE retraction
  ADD CONSTRAINT retraction_reason_text CHECK (is_text(reason, 5000)),
  ADD CONSTRAINT retraction_replacement_other CHECK (replacement_id <> result_id);
