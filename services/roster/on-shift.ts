/** Which shifts `s` cover a store `st`: its own, those of its region, those of the whole tenant. */
export const shiftCoversStore =
  's.tenant_id = st.tenant_id and (s.store_id = st.id or (s.store_id is null and (s.region_id is null or s.region_id = st.region_id)))';
