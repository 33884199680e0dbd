-- A medication order as CorEMR would enter it (docs/database.md): busy timeout, BEGIN IMMEDIATE, one short transaction.
.bail on
.timeout 5000
BEGIN IMMEDIATE;
INSERT INTO provider (provider_id, last_name, first_name, npi) VALUES ('w-1', 'Sample', 'Alice', '1234567893')
    ON CONFLICT DO NOTHING;
INSERT INTO drug (ndc, rxnorm, name, strength, dosage_form)
    VALUES ('00093720198', '314076', 'Lisinopril 10 mg tablet', '10 mg', 'TAB') ON CONFLICT DO NOTHING;
INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, ordered_at, dose_amount,
                              dose_units, route, frequency, instructions, quantity, quantity_units, days_supply)
    SELECT 'W-1001', 'NW', patient, id, 'w-1', '00093720198', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), '1', 'TAB', 'PO', 'QD',
           'Take one tablet each morning', '30', 'TAB', 30
    FROM booking ORDER BY id LIMIT 1;
COMMIT;
